import type { PlainPage } from './plain-page.js';

/** The agreement of a hub whose operator has no page of its own for it. `version` is what publishers accept. */
export function agreementPage(version: string, commissionPercent: number): PlainPage {
  const content = `<p>Version ${version.replaceAll(/[^\w .-]/g, '')}. Between you, who publish packages here, and the operator of this hub.</p>
<h2>What you promise</h2>
<ul>
<li>What you publish is yours to publish, does what its page says, and does nothing else.</li>
<li>It sends nothing about a shop or its customers anywhere its manifest does not name.</li>
<li>Your signing keys stay with you. You tell the hub at once when one is lost.</li>
<li>You publish an advisory when you learn of a vulnerability, with the fix if there is one.</li>
<li>A version that was published stays what it is: changes get a version of their own.</li>
</ul>
<h2>What the hub does</h2>
<ul>
<li>It checks and reviews what you submit, and tells you why when it says no.</li>
<li>It keeps ${commissionPercent} % of what your packages sell for and pays out the rest, as its money pages say.</li>
<li>It may yank a release or end a rollout to protect shops, and tells you.</li>
<li>What shops have bought they keep, also when you leave.</li>
</ul>
<h2>How it ends</h2>
<p>You may stop publishing at any time. The operator may end this when you break a promise above. A new version of this agreement has a new
number; you accept it before it binds you.</p>`;
  return { title: 'Publisher agreement', content };
}
