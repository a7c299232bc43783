/** Stripe's API as a person calls it with `curl`, for what a merchant's bank and the calendar would do. */
export class StripeApi {
  constructor({ stripe_url: url, stripe_secret_key: key }) {
    this.url = url;
    this.key = key;
  }

  get(path) {
    return this.call(path, { method: 'GET' });
  }

  post(path, fields = {}) {
    return this.call(path, { method: 'POST', body: new URLSearchParams(fields) });
  }

  async call(path, init) {
    const response = await fetch(this.url + path, { ...init, headers: { authorization: `Bearer ${this.key}` } });
    const answer = await response.json();
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${JSON.stringify(answer)}`);
    return answer;
  }
}
