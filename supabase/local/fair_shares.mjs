// A fair share of the database's connections: so many requests run at once, and of one person only some of them.
export class FairShares {
  constructor({ total, perPerson, maxWaiting }) {
    Object.assign(this, { total, perPerson, maxWaiting });
    this.running = new Map(); // how many of each person
    this.runningCount = 0;
    this.waiting = [];
  }

  // The answer of `work`, once it is the person's turn; null if too many requests wait already.
  async run(person, work) {
    if (!this.#mayRun(person)) {
      const ownWaiting = this.waiting.filter((each) => each.person === person).length;
      if (ownWaiting >= this.maxWaiting) return null;
      await new Promise((start) => this.waiting.push({ person, start }));
    } else {
      this.#add(person, 1);
    }
    try {
      return await work();
    } finally {
      this.#add(person, -1);
      this.#startNext();
    }
  }

  #mayRun(person) {
    return this.runningCount < this.total && (this.running.get(person) ?? 0) < this.perPerson;
  }

  #add(person, change) {
    const count = (this.running.get(person) ?? 0) + change;
    if (count) this.running.set(person, count);
    else this.running.delete(person);
    this.runningCount += change;
  }

  #startNext() {
    const next = this.waiting.findIndex((each) => this.#mayRun(each.person));
    if (next < 0) return;
    const [{ person, start }] = this.waiting.splice(next, 1);
    this.#add(person, 1);
    start();
  }
}

// Whose request it is: the person of the token, else the key. A forged token is refused soon after, by whoever reads it.
export function identifyPerson(headers) {
  const token = /^Bearer\s+[^.]*\.([^.]+)\./i.exec(headers.get("authorization") ?? "")?.[1];
  try {
    const { sub } = JSON.parse(Buffer.from(token ?? "", "base64url").toString("utf8"));
    if (typeof sub === "string") return sub;
  } catch {}
  return `key ${headers.get("apikey") ?? ""}`;
}
