/** Something to see on the pages of the hub: a month of business, put where the features would have put it. Run again, it adds nothing. */
import { createHash } from 'node:crypto';
import pg from 'pg';

/** Signs the merchant in, once a browser: links work one time. */
export async function merchantLink({ database_url: url }) {
  const token = `hlnk_${createHash('sha256').update(`${Date.now()} ${Math.random()}`).digest('base64url')}`;
  await withDatabase(url, (client) =>
    client.query(
      `INSERT INTO merchant_links (token_hash, instance_id, created_at, expires_at)
       SELECT $1, id, now(), now() + interval '1 hour' FROM instances ORDER BY registered_at LIMIT 1`,
      [createHash('sha256').update(token).digest()],
    ),
  );
  return token;
}

export async function seedHub({ database_url: url }) {
  await withDatabase(url, async (client) => {
    await client.query('BEGIN');
    for (const statement of STATEMENTS) await client.query(statement);
    await client.query('COMMIT');
  });
}

async function withDatabase(connectionString, work) {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

const STATEMENTS = [
  // The operator belongs to the publisher too, so that one sign-in sees everything.
  `INSERT INTO publisher_members (publisher_id, account_id, role, joined_at)
   SELECT p.id, a.id, 'owner', now() FROM (SELECT id FROM publishers ORDER BY created_at LIMIT 1) p, accounts a ON CONFLICT DO NOTHING`,
  `INSERT INTO instance_days (day, instance_id) SELECT d::date, i.id FROM instances i,
     generate_series(now() - interval '29 days', now(), '1 day') d ON CONFLICT DO NOTHING`,
  `INSERT INTO orders (id, package_id, version, item_name, license_kind, customer_email, instance_id, amount_minor, currency, status,
                       created_at, expires_at, paid_at, commission_percent)
   SELECT 'ord_shot_' || n, p.id, '1.0.0', p.name, 'one_time', 'merchant@shop.test', i.id, 4900, 'EUR', 'paid',
          now() - n * interval '9 hours', now(), now() - n * interval '9 hours', 10
     FROM generate_series(1, 70) n, (SELECT * FROM packages WHERE license_kind = 'one_time' LIMIT 1) p,
          (SELECT * FROM instances ORDER BY registered_at LIMIT 1) i ON CONFLICT DO NOTHING`,
  `INSERT INTO license_periods (id, order_id, is_purchase, amount_minor, currency, commission_percent, paid_at)
   SELECT replace(id, 'ord_', 'pi_'), id, true, amount_minor * (1 + (hashtext(id) & 3)), currency, 10, paid_at FROM orders
    WHERE id LIKE 'ord_shot_%' ON CONFLICT DO NOTHING`,
  `INSERT INTO licenses (id, order_id, package_id, kind, customer_email, key_lookup, key_sealed, seats, instance_id, issued_at)
   SELECT replace(id, 'ord_', 'lic_'), id, package_id, license_kind, customer_email, sha256(id::bytea), sha256(id::bytea), 1, instance_id, paid_at
     FROM orders WHERE id LIKE 'ord_shot_%' ON CONFLICT DO NOTHING`,
  // Their receipts count as written: nobody can open the keys above.
  `INSERT INTO mails (id, template, recipient, cause, queued_at, values_sealed, sent_at, refused_at, error)
   SELECT replace(id, 'lic_', 'mail_'), 'receipt', customer_email, 'receipt:' || id, issued_at,
          CASE WHEN right(id, 1) = '7' THEN '\\x00'::bytea END, CASE WHEN right(id, 1) <> '7' THEN issued_at END,
          CASE WHEN right(id, 1) = '7' THEN issued_at END, CASE WHEN right(id, 1) = '7' THEN '550 no such mailbox' END
     FROM licenses WHERE id LIKE 'lic_shot_%' ON CONFLICT DO NOTHING`,
  `INSERT INTO invoices (id, order_id, number, status, amount_minor, currency, issued_at)
   SELECT replace(id, 'ord_', 'in_'), id, 'HL-' || lpad(replace(id, 'ord_shot_', ''), 4, '0'),
          CASE WHEN right(id, 1) = '9' THEN 'open' ELSE 'paid' END, amount_minor, currency, paid_at
     FROM orders WHERE id LIKE 'ord_shot_%' ON CONFLICT DO NOTHING`,
  `INSERT INTO payout_accounts (publisher_id, email, country, stripe_account, details_submitted, is_payable, due, opened_at, heard_at)
   SELECT publisher_id, 'money@hansa-labs.test', 'DE', NULL, false, false, '{}', now() - interval '90 days', now() - interval '90 days'
     FROM packages LIMIT 1 ON CONFLICT DO NOTHING`,
  `INSERT INTO payouts (id, publisher_id, week, currency, amount_minor, status, stripe_account, stripe_transfer, planned_at, decided_at)
   SELECT 'pay_shot_' || n, p.publisher_id, date_trunc('week', now() - n * interval '7 days')::date, 'EUR', 8820 + n * 441, 'paid', 'acct_shot',
          'tr_shot_' || n, now() - n * interval '7 days', now() - n * interval '7 days'
     FROM generate_series(1, 6) n, (SELECT publisher_id FROM packages LIMIT 1) p ON CONFLICT DO NOTHING`,
  `INSERT INTO payment_returns (id, kind, payment_intent, amount_minor, state, happened_at, heard_at)
   VALUES ('ch_shot', 'refund', 'pi_shot_3', 4900, 'refunded', now(), now()) ON CONFLICT DO NOTHING`,
  `INSERT INTO ledger_postings (group_id, order_id, payment_id, publisher_id, account, amount_minor, currency, cause, posted_at)
   SELECT 'shot_' || n, 'ord_shot_1', 'pi_shot_' || n, p.publisher_id, s.account, s.amount * (2 + (n * 7) % 5), 'EUR', 'shot', now() - n * interval '11 days'
     FROM generate_series(1, 24) n, (SELECT publisher_id FROM packages LIMIT 1) p,
          (VALUES ('merchant_payment', -4900), ('hub_fee', 490), ('publisher_payable', 4410)) s (account, amount) ON CONFLICT DO NOTHING`,
  `INSERT INTO outbox_events (id, type, instance_id, body_sealed, recorded_at)
   SELECT 'evt_shot_' || n, (ARRAY['license.issued', 'license.renewed', 'release.yanked'])[1 + n % 3], i.id, '\\x00', now() - n * interval '5 hours'
     FROM generate_series(1, 48) n, (SELECT id FROM instances ORDER BY registered_at LIMIT 1) i ON CONFLICT DO NOTHING`,
  `INSERT INTO deliveries (id, event_id, instance_id, status, attempts, delivered_at, created_at)
   SELECT replace(id, 'evt_', 'dly_'), id, instance_id, CASE WHEN right(id, 1) = '7' THEN 'dead' ELSE 'delivered' END, 1 + (hashtext(id) & 3),
          CASE WHEN right(id, 1) = '7' THEN NULL ELSE recorded_at END, recorded_at FROM outbox_events WHERE id LIKE 'evt_shot_%' ON CONFLICT DO NOTHING`,
  `INSERT INTO delivery_attempts (delivery_id, attempt, started_at, duration_ms, http_status, error, response_excerpt)
   SELECT 'dly_shot_7', n, now() - (40 - n * 3) * interval '1 hour', 40 + n * 31, CASE WHEN n % 2 = 0 THEN 502 END,
          CASE WHEN n % 2 = 1 THEN 'ECONNREFUSED' END, CASE WHEN n % 2 = 0 THEN '<h1>Bad gateway</h1>' END
     FROM generate_series(1, 5) n ON CONFLICT DO NOTHING`,
  `INSERT INTO releases (id, package_id, version, version_key, status, sha256, size_bytes, manifest, manifest_sha256, signature, key_kid, changelog,
                         min_platform, min_platform_key, channel, submitted_at, findings)
   SELECT 'rel_shot_' || n, r.package_id, '9.' || n || '.0', r.version_key || n, 'in_review', encode(sha256(('shot' || n)::bytea), 'hex'),
          r.size_bytes * 2, r.manifest, r.manifest_sha256, r.signature, r.key_kid, '', r.min_platform, r.min_platform_key, 'stable',
          now() - n * interval '7 hours',
          '[{"check": "scan", "severity": "warning", "message": "Code is made from text at run time.", "file": "dist/index.js", "line": 41,
             "advice": "Call the function instead of eval."},
            {"check": "permissions", "severity": "info", "message": "Asks to talk to one more host."}]'
     FROM generate_series(1, 3) n, (SELECT * FROM releases WHERE status = 'published' ORDER BY id LIMIT 1) r ON CONFLICT DO NOTHING`,
  `INSERT INTO release_checks (release_id, name, round, status, findings, finished_at)
   SELECT 'rel_shot_1', name, 1, 'done', '[]', now() FROM unnest(ARRAY['bytes', 'dependencies', 'diff', 'signature']) name ON CONFLICT DO NOTHING`,
  `INSERT INTO release_files (release_id, files, diff) VALUES ('rel_shot_1', '{}',
     '{"from": "1.0.0", "size_bytes": {"before": 20480, "after": 40960},
       "files": {"added": ["dist/report.js", "dist/rates.js"], "removed": ["dist/old.js"], "changed": ["dist/index.js", "manifest.json"],
                 "counts": {"added": 2, "removed": 1, "changed": 2}},
       "permissions": {"added": ["net: rates.example"], "removed": []}, "dependencies": {"added": ["left-pad@1.3.0"], "removed": []}}')
   ON CONFLICT DO NOTHING`,
  `INSERT INTO publisher_namespaces (namespace, publisher_id, claimed_at)
   SELECT '@hansa-lab5', id, now() - interval '2 days' FROM publishers ORDER BY created_at LIMIT 1 ON CONFLICT DO NOTHING`,
  `INSERT INTO market_clients (id, name, origins, created_at, disabled_at) VALUES
     ('mcl_' || lpad('1', 26, '0'), 'web1 in Hamburg', '{https://web1.hosting.test:2083,https://web1.hosting.test:2087}', now() - interval '40 days', NULL),
     ('mcl_' || lpad('2', 26, '0'), 'web2 in Bremen', '{https://web2.hosting.test:2083}', now() - interval '30 days', now()) ON CONFLICT DO NOTHING`,
  `INSERT INTO extensions (id, name, package_id, api_origins, frontend_origins, frontend_url, created_at)
   SELECT 'shot', 'Stock forecast', id, '{https://api.forecast.test}', '{https://app.forecast.test}', 'https://app.forecast.test/',
          now() - interval '20 days' FROM packages LIMIT 1 ON CONFLICT DO NOTHING`,
  `INSERT INTO extension_installations (extension_id, instance_id, installed_at)
   SELECT 'shot', id, now() - interval '12 days' FROM instances ON CONFLICT DO NOTHING`,
  `INSERT INTO composer_sources (id, publisher_id, url, webhook_secret_sealed, prefixes, with_branches, interval_minutes, created_at, next_sync_at,
                                 last_synced_at, last_error)
   SELECT 'src_shot', id, 'https://git.hosting.test/hansa-labs/invoice.git', '\\x00', '{hansa-labs/}', true, 60, now() - interval '9 days',
          now() + interval '9 days', now() - interval '20 minutes', NULL FROM publishers ORDER BY created_at LIMIT 1 ON CONFLICT DO NOTHING`,
  `INSERT INTO composer_source_refs (source_id, ref, commit, problem, seen_at)
   SELECT 'src_shot', 'refs/tags/v0.' || n, encode(sha256(n::text::bytea), 'hex'), (ARRAY['TAG_MOVED', 'VERSION_MISMATCH', 'SYMLINK'])[n],
          now() - n * interval '2 days' FROM generate_series(1, 3) n ON CONFLICT DO NOTHING`,
  `INSERT INTO dependency_advisories (id, package_name, summary, severity, aliases, ranges, versions, withdrawn, changed_at)
   SELECT 'GHSA-shot-' || n, 'left-pad-' || n, 'A long run of spaces keeps the server busy for minutes.', (ARRAY['HIGH', 'MODERATE', 'LOW'])[1 + n % 3],
          ARRAY['CVE-2030-' || n], '[]', '{}', n = 4, now() - n * interval '1 day' FROM generate_series(1, 24) n ON CONFLICT DO NOTHING`,
  `INSERT INTO release_alerts (release_id, advisory_id, component, found_at)
   SELECT id, 'GHSA-shot-1', 'left-pad-1@1.3.0', now() - interval '3 hours' FROM releases WHERE status = 'published' LIMIT 2 ON CONFLICT DO NOTHING`,
  `INSERT INTO package_advisories (id, package_id, affected, fixed_in, severity, summary, reference_urls, published_at, published_by)
   SELECT 'adv_shot', id, '<1.0.0', '1.0.0', 'high', 'Invoices of other customers can be read.', '{}', now() - interval '4 days', 'operator:shot'
     FROM packages WHERE marketplace_id = '@hansa-labs/invoice-designer' ON CONFLICT DO NOTHING`,
  `INSERT INTO releases (id, package_id, version, version_key, status, sha256, size_bytes, manifest, manifest_sha256, signature, key_kid, changelog,
                         min_platform, min_platform_key, channel, submitted_at, published_at, findings, rollout_percent, rollout_halted_at,
                         rollout_halt_reason, rollout_halted_by)
   SELECT 'rel_shot_halted', package_id, '8.0.0', version_key || 0, 'published', encode(sha256('halted'::bytea), 'hex'), size_bytes, manifest,
          manifest_sha256, signature, key_kid, '', min_platform, min_platform_key, 'stable', now() - interval '3 days', now() - interval '2 days', '[]',
          25, now() - interval '1 hour', 'Carts stayed empty after the update.', 'operator:shot'
     FROM releases WHERE id = 'rel_shot_1' ON CONFLICT DO NOTHING`,
  `UPDATE packages SET deprecated_at = now() - interval '6 days', deprecated_by = 'publisher:shot', deprecation_message = 'It moved into the platform itself.'
    WHERE marketplace_id = '@hansa-labs/seo-essentials'`,
  `INSERT INTO market_products (package_id, kind, created_at, disabled_at)
   SELECT id, 'license', now() - interval '30 days', CASE WHEN license_kind = 'subscription' THEN now() END
     FROM packages p WHERE license_kind IN ('one_time', 'subscription')
      AND NOT EXISTS (SELECT 1 FROM market_products m WHERE m.package_id = p.id)`,
  `INSERT INTO management_tokens (id, publisher_id, name, token_hash, scopes, created_at, expires_at)
   SELECT 'mgt_shot', id, 'customer portal', sha256('shot'), '{tokens:read,customers:read}', now() - interval '50 days', now() + interval '40 days'
     FROM publishers ORDER BY created_at LIMIT 1 ON CONFLICT DO NOTHING`,
  `INSERT INTO external_issuers (id, store, issuer, redirect_url, default_path, reader_exit_origins, max_life_seconds, created_at)
   VALUES ('00000000-0000-4000-8000-000000000001', 'shop.test', 'https://accounts.shop.test', 'https://shop.test/sign-in', '/merchant/licenses', '{}',
           300, now() - interval '60 days') ON CONFLICT DO NOTHING`,
];
