import { appendFileSync } from "node:fs";

// Local mail is not sent: it is written to the log and to mail.log, where `python -m lib.local mail` shows it.
export class MailLog {
  constructor(file) {
    this.file = file;
  }

  async send({ to, subject, text }) {
    const code = /\b\d{6}\b/.exec(text ?? "")?.[0];
    const line = `${new Date().toISOString()} mail to ${to}: ${subject}${code ? `: code ${code}` : ""}`;
    console.log(line);
    appendFileSync(this.file, `${line}\n`, { mode: 0o600 });
  }
}
