"""The words the built-in assistant knows, by what they mean, in the nine languages its records are written in.

Stems, matched at the beginning of a word; `_` is a blank, and a stem that ends in `_` matches whole words only. In
Japanese they match anywhere. Adding a language costs a line a concept; adding a concept costs one here and a rule.
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache

from lib.text.search_terms import fold_text, is_without_blanks


class Concept(StrEnum):
    """What a word of a question is about; the facts are those of `look_up_facts`."""

    NOTICE_DEADLINE = "notice_deadline"
    RENEWAL_DATE = "renewal_date"
    NOTICE_PERIOD = "notice_period"
    AUTO_RENEWAL = "auto_renewal"
    ARR = "arr"
    SEATS = "seats"
    SCENARIO = "scenario"
    WHO_IS = "who_is"
    ADDRESS = "address"
    LIST_PRICE = "list_price"
    DISCOUNT = "discount"
    MODULES = "modules"
    OWNER = "owner"
    ESCALATION = "escalation"
    RUN = "run"
    INDUSTRY = "industry"
    COUNTRY = "country"
    SEGMENT = "segment"
    CUSTOMER_SINCE = "customer_since"
    COMPETITOR = "competitor"
    SURVEY = "survey"
    DECISION_MAKER = "decision_maker"
    CHAMPION = "champion"
    SPONSOR = "sponsor"
    PROCUREMENT = "procurement"
    LEGAL = "legal"
    ADMIN = "admin"
    DETRACTOR = "detractor"
    NEGATIVE = "negative"
    POSITIVE = "positive"
    FEELING = "feeling"
    LEFT = "left"
    LAST_CONTACT = "last_contact"
    APPROVAL = "approval"
    GIVE = "give"
    UPLIFT = "uplift"
    USAGE = "usage"
    TICKETS = "tickets"
    HEALTH = "health"
    AT_RISK = "at_risk"
    MINE = "mine"
    SAME = "same"
    OPEN = "open"
    URGENT = "urgent"
    LOW = "low"
    HOW_MANY = "how_many"
    MOST = "most"
    OWN_ANSWER = "own_answer"
    ANSWER_LABEL = "answer_label"
    COMPARISON = "comparison"
    FOLLOW_UP = "follow_up"


WORDS: Mapping[Concept, str] = {
    Concept.NOTICE_DEADLINE: "deadline last_day_to too_late days_left days_do_we_have by_when by_what_date notice_date"
    " time_is_left how_long_do_we_have get_out_of give_notice have_to_act must_act when_to_act cancel_by"
    " kundig bis_wann frist_ fristen stichtag preavis resili date_limite jusqu'a_quand avant_quand preaviso plazo"
    " fecha_limite rescind hasta_cuando prazo aviso_previo denunc ate_quando oppsig siste_dag opzeg uiterlijk"
    " wypowiedz do_kiedy 期限 解約 締切 いつまで",
    Concept.RENEWAL_DATE: "renewal_date renewal_day do_they_renew does_it_renew is_the_renewal term_end contract_end"
    " does_the_contract_end does_the_term_end expir run_out runs_out end_date vertragsende verlanger lauft_der_vertrag"
    " endet_der renouvel fin_du_contrat se_termine prend_fin renovaci se_renueva vence_ fin_del_contrato"
    " termina_el renova termina_o fim_do_contrato fornye fornyes utloper gar_ut verleng verloopt loopt_af eindigt"
    " odnowi przedluz konczy wygas koniec_umowy 更新 満了 契約終了",
    Concept.NOTICE_PERIOD: "notice_period how_long_is_the_notice days_of_notice kundigungsfrist delai_de_preavis"
    " plazo_de_preaviso prazo_de_aviso oppsigelsestid opzegtermijn okres_wypowiedzenia 通知期間",
    Concept.AUTO_RENEWAL: "auto-renew auto_renew renew_by_itself renews_by_itself automatically automatisch"
    " automatique automatic automatisk automatyczn 自動更新",
    Concept.ARR: "arr_ how_much_do_they_pay what_do_they_pay worth_a_year annual_revenue contract_value contract_worth"
    " jahresumsatz vertragswert chiffre_d'affaires ingresos_anual valor_del_contrato valor_do_contrato receita_anual"
    " arsomsetning kontraktsverdi jaaromzet contractwaarde wartosc_umowy roczny_przychod 年間売上 契約金額",
    Concept.SCENARIO: "worth_at worth_with worth_if be_worth what_if what_would scenario how_much_would would_cost",
    Concept.WHO_IS: "who_is_ who's_ who_are_ wer_ist_ qui_est_ quien_es_ quem_e_ hvem_er_ wie_is_ kim_jest_ どなた",
    Concept.ADDRESS: "email_address e-mail_address mail_address emailadresse mailadresse adresse_mail adresse_e-mail",
    Concept.SEATS: "seat sitz license licence lizenz platze_ asiento puesto licenc seter_ sete_ plasser lisens plaatsen"
    " licentie miejsc stanowisk 席",
    Concept.LIST_PRICE: "list_price price_per_seat price_a_seat listenpreis prix_par precio_por preco_por listepris"
    " prijs_per cena_za 単価",
    Concept.DISCOUNT: "discount rebate percent_off rabat remise_ ristourne descuento desconto korting znizk 割引 値引",
    Concept.MODULES: "module modul modulo moduly products_do_they_have products_did_they bought_from_us モジュール",
    Concept.OWNER: "owns_ owner_ owned_by responsible_for responsible_on csm_ account_manager looks_after look_after"
    " whose_account whose_customer in_charge_on betreut zustandig gehort_der gehort_dieser proprietaire"
    " qui_s'occupe responsable_de propietario de_quien_es quem_e_o_responsavel responsavel_por dono_ eier_"
    " ansvarlig eigenaar verantwoordelijk wlascic opiekun odpowiada_za 担当 所有",
    Concept.ESCALATION: "has_the_escalation escalated_to the_escalation_with holds_the_escalation open_escalation"
    " eskaliert_an escalade_a escalado_a escalada_para eskalert_til geescaleerd eskalowan エスカレーション",
    Concept.RUN: "this_run the_run_ run_due due_date_of working_on_this working_on_the_run which_workflow"
    " status_of_the_run",
    Concept.INDUSTRY: "industry sector_ line_of_business branche_ secteur sector setor_ bransje bedrijfstak branza"
    " 業界",
    Concept.COUNTRY: "country which_land based_in where_are_they_based in_welchem_land quel_pays que_pais"
    " hvilket_land welk_land jakim_kraju どこの国",
    Concept.SEGMENT: "segment",
    Concept.CUSTOMER_SINCE: "customer_since been_a_customer been_customers been_with_us since_when_are seit_wann"
    " depuis_quand desde_cuando desde_quando siden_nar sinds_wanneer od_kiedy いつから",
    Concept.COMPETITOR: "competitor competing rival konkurren concurrent competidor concorrent konkuren 競合",
    Concept.SURVEY: "survey nps_ net_promoter umfrage enquete_de encuesta inquerito undersok ankiet アンケート",
    Concept.DECISION_MAKER: "decides decide_ decider decision_maker decision-maker who_signs who_can_sign who_will_sign"
    " signs_off can_sign signatory_there economic_buyer budget purse who_pays makes_the_decision the_say"
    " entscheid unterschreib unterzeichn qui_signe decideur decision decisor quien_firma presupuesto orcamento"
    " quem_assina bestemmer beslut signerer beslis wie_tekent decyduj decyz kto_podpis budzet"
    " 決裁 決める 決定 署名 予算",
    Concept.CHAMPION: "champion main_contact primary_contact hauptansprech ansprechpartner interlocuteur"
    " contact_principal contacto_principal contato_principal kontaktperson hovedkontakt aanspreekpunt"
    " contactpersoon glowny_kontakt 主な連絡先 窓口",
    Concept.SPONSOR: "sponsor スポンサー",
    Concept.PROCUREMENT: "procurement purchasing einkauf_ leiter_einkauf des_achats jefe_de_compras compras_ innkjop"
    " inkoop zakup 購買",
    Concept.LEGAL: "legal_contact lawyer who_in_legal legal_person rechtsabteilung juridique juridico juridisk 法務",
    Concept.ADMIN: "administrator admin_ admins_ 管理者",
    Concept.DETRACTOR: "detractor against_us opponent works_against opposes gegen_uns contre_nous contra_nosotros"
    " contra_nos mot_oss tegen_ons przeciwko_nam 反対",
    Concept.NEGATIVE: "negative unhappy critical_of unzufrieden mecontent descontent insatisfeit misfornoyd ontevreden"
    " niezadowol 不満",
    Concept.POSITIVE: "positive_about positive_contact supportive likes_us is_for_us zufrieden_mit_uns 満足",
    Concept.FEELING: "feel_about feels_about feel_toward think_of_us thinks_of_us sentiment mood_ attitude",
    Concept.LEFT: "who_left who's_left has_left have_left had_left left_us left_the left_them they_left she_left"
    " he_left has_gone is_gone are_gone lost_a lost_their lost_the departed replac successor verlassen"
    " nachfolg parti_ est_partie remplac successeur dejo_ sustitu sucesor saiu_ sucessor sluttet etterfolg vertrok"
    " opvolg odszed odesz nastepc 退職 後任",
    Concept.LAST_CONTACT: "last_talk last_spoke last_speak last_spoken last_contact last_heard last_met last_meet"
    " last_hear last_saw zuletzt_gesproch dernier_contact ultimo_contacto ultimo_contato siste_kontakt"
    " laatst_gesproken ostatni_kontakt 最後に連絡",
    Concept.APPROVAL: "approv have_to_sign need_to_sign must_sign sign_off sign-off signoff allowed_to own_limit"
    " without_asking my_limit our_limit"
    " within_limit permission freigab genehmig approuv autoris aprobar aprobac aprovar aprova godkjen goedkeur"
    " zatwierdz zgod_ 承認",
    Concept.GIVE: "can_i may_i give offer grant go_down go_to go_as go_lower darf_ich kann_ich puis-je je_peux peux-je"
    " puedo posso kan_jeg mag_ik kan_ik moge 割引できます できますか",
    Concept.UPLIFT: "uplift raise_the_price raise_price raise_prices price_increase increase_the_price increase_prices"
    " price_cap preiserhohung augment hausse subir_el_precio subida aumentar_o_preco aumento oke_prisen prisokning"
    " prijsverhog podwyz 値上げ",
    Concept.USAGE: "usage use_it using_it active_user adoption logins nutz_ nutzung nutzen utilis uso_ usan_ utilizac"
    " usam_ bruk gebruik uzywa uzytkowan 利用 使用",
    Concept.TICKETS: "ticket incident p1 bugs_ support_case supportticket supportsak zgloszen チケット 問い合わせ",
    Concept.HEALTH: "health score_ gesundheit sante_ salud saude helse gezondheid zdrow 健全 ヘルス",
    Concept.AT_RISK: "at_risk at-risk red_ in_danger gefahrdet a_risque en_riesgo em_risco i_fare risiko zagrozon",
    Concept.MINE: "of_mine customers_do_i accounts_do_i clients_do_i renewals_do_i do_i_own do_i_manage"
    " my_customer my_account my_book my_portfolio my_renewal my_client other_customers_have"
    " others_of_mine who_else_in who_else_of else_has meiner_kunden meine_kunden mes_clients mis_clientes"
    " meus_clientes mine_kunder mijn_klanten moich_klient moi_klienci 私の顧客 担当顧客",
    Concept.SAME: "same_ similar_ that_too has_that have_that das_gleiche dasselbe la_meme lo_mismo o_mesmo samme"
    " hetzelfde to_samo 同じ",
    Concept.OPEN: "open_ unsolved unresolved offen ouvert abiert abert apne openstaan staan_open otwart 未解決",
    Concept.URGENT: "p1 urgent critical_ dringend urgente pilne 緊急",
    Concept.LOW: "unused unsold idle low_ falling fewer not_used do_not_use don't_use shelf",
    Concept.HOW_MANY: "how_many number_of count_ wie_viele combien cuantos quantos hvor_mange hoeveel ile_ いくつ 何",
    Concept.MOST: "most_ largest biggest highest top_ worst lowest best_ smallest",
    Concept.OWN_ANSWER: "did_i_write did_i_say did_i_note did_i_put did_i_enter did_i_answer did_i_plan did_i_choose"
    " did_i_pick did_i_call did_i_propose did_i_set did_i_want did_i_expect i_wrote i_said i_noted i_put_down i_entered"
    " i_answered i_planned i_chose i_proposed did_we_choose did_we_pick did_we_propose did_we_plan did_we_note"
    " did_we_write did_we_put did_we_address did_we_set we_chose we_choose we_planned we_proposed we_noted we_wrote"
    " have_i_written am_i_worried my_own_call my_own_assessment my_goal my_answer my_call my_plan our_goal"
    " habe_ich_geschrieben habe_ich_notiert ai-je_ecrit ai-je_note j'ai_ecrit escribi_ escrevi_ skrev_jeg"
    " heb_ik_geschreven heb_ik_genoteerd napisal",
    Concept.ANSWER_LABEL: "slide slides walk-away walk_away signatory_we own_call own_assessment scenario_chosen"
    " chosen_scenario in_the_quote in_our_quote quote_line when_is_the_call when_is_our_call call_scheduled"
    " call_booked email_to agenda mitigat goal_ goals_ stands_out",
    Concept.COMPARISON: "compar against_ versus vs_ than change changed changes gone_up go_up gone_down go_down_since"
    " up_or_down better_than worse_than since_last grew grown develop gegenuber verglichen vergleich par_rapport"
    " comparado sammenlign vergeleken porown 比べ",
    Concept.FOLLOW_UP: "and_ what_about how_about und_ et_ y_ e_ og_ en_ a_co i_co was_it_ what_was_it",
}

# Letters that no accent can be taken from.
_PLAIN_LETTERS = str.maketrans({"ł": "l", "ø": "o", "æ": "ae", "’": "'"})


def find_concepts(text: str) -> frozenset[Concept]:
    """What the words of `text` are about."""
    folded = " ".join(fold_letters(text).split())
    return frozenset(concept for concept, pattern in _compile_patterns().items() if pattern.search(folded))


def find_known_words(text: str) -> set[str]:
    """The words of `text` that a concept is recognized by, folded."""
    folded = " ".join(fold_letters(text).split())
    known: set[str] = set()
    for pattern in _compile_patterns().values():
        for found in pattern.finditer(folded):
            rest = re.match(r"[\w'-]*", folded[found.end() :])
            known.update(fold_words(found[0] + (rest[0] if rest else "")))
    return known


def fold_words(text: str) -> list[str]:
    """The words of a text, in lower case and without accents."""
    return re.findall(r"[^\W_](?:[\w'-]*\w)?", fold_letters(text))


@lru_cache(maxsize=1)
def _compile_patterns() -> Mapping[Concept, re.Pattern[str]]:
    return {concept: re.compile("|".join(map(build_stem_pattern, WORDS[concept].split()))) for concept in Concept}


def fold_letters(text: str) -> str:
    """A text in lower case and plain letters, also where no accent can be taken away."""
    return fold_text(text).translate(_PLAIN_LETTERS)


def build_stem_pattern(stem: str) -> str:
    """The pattern of a stem of WORDS."""
    if is_without_blanks(stem):
        return re.escape(fold_letters(stem.strip("_")))
    end = r"(?!\w)" if stem.endswith("_") else ""
    words = fold_letters(stem.rstrip("_")).replace("_", " ")
    return rf"(?<![\w]){re.escape(words)}{end}"
