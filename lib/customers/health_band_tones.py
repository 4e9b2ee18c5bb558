from collections.abc import Mapping

from lib.content.model import Tone
from lib.customers.model import HealthBand

HEALTH_BAND_TONES: Mapping[HealthBand, Tone] = {
    HealthBand.GREEN: Tone.GOOD,
    HealthBand.YELLOW: Tone.WARNING,
    HealthBand.RED: Tone.BAD,
}
