<?php
/**
 * Receives the webhook of the guide's shop and opens, or closes, Composer packages on the hub. README.md lists the settings.
 *
 * The shop is answered 200 only when the hub has done its part, so that whatever goes wrong is sent again by the shop.
 */
declare(strict_types=1);

const YEAR = 365 * 24 * 3600;
const EVENTS = ['order.paid' => 'paid', 'order.refunded' => 'ended', 'order.cancelled' => 'ended'];

$body = (string) file_get_contents('php://input', false, null, 0, 1024 * 1024 + 1);
$expected = 'sha256=' . hash_hmac('sha256', $body, setting('SHOP_SECRET'));
if (strlen($body) > 1024 * 1024) {
    answer(413, ['error' => 'too large']);
}
if (!hash_equals($expected, $_SERVER['HTTP_X_SHOP_SIGNATURE'] ?? '')) {
    answer(401, ['error' => 'signature']);
}
$payload = json_decode($body, true);
$kind = EVENTS[$payload['event'] ?? ''] ?? null;
$order = $payload['order'] ?? null;
if (!is_array($order) || !isset($order['id']) || ($kind === 'paid' && !isComplete($order))) {
    answer(400, ['error' => 'payload']);
}

try {
    if ($kind === 'paid') {
        open($order);
    } elseif ($kind === 'ended') {
        hub('DELETE', '/api/orders/' . rawurlencode((string) $order['id']), null, [], [404]);
    }
} catch (RuntimeException $error) {
    error_log($error->getMessage());
    answer(502, ['error' => 'try again']);
}
answer(200, ['received' => true]);

function isComplete(array $order): bool
{
    return isset($order['customer']['id'], $order['customer']['email']) && is_array($order['items'] ?? null)
        && strtotime($order['created_at'] ?? '') !== false;
}

function open(array $order): void
{
    $products = json_decode((string) file_get_contents(setting('PRODUCTS')), true);
    $prefixes = [];
    foreach ($order['items'] as $item) {
        array_push($prefixes, ...($products[$item['sku']] ?? []));
    }
    if ($prefixes === []) {
        return; // nothing of this order is installed with Composer
    }
    $request = [
        'description' => 'Order ' . $order['id'],
        'permissions' => 'readonly',
        // The moment of the order, not of the webhook: sent again, it has to be the same request.
        'expires_at' => strtotime($order['created_at']) + YEAR,
        'allowed_package_prefixes' => array_values(array_unique($prefixes)),
        'rate_limit_max' => 1000,
        'metadata' => [
            'customer_id' => (string) $order['customer']['id'],
            'customer_email' => $order['customer']['email'],
            'order_id' => (string) $order['id'],
        ],
        'extend' => true,
    ];
    // The same order with other items is another request: the hub refuses one key for two.
    $key = hash('sha256', json_encode($request, JSON_THROW_ON_ERROR));
    $made = hub('POST', '/api/tokens', $request, ["Idempotency-Key: $key"]);
    if (isset($made['token'])) {
        tell((string) $order['id'], $order['customer']['email'], $made['token']);
    }
}

/** Replace this by your mailer. The same order writes the same file. */
function tell(string $orderId, string $email, string $token): void
{
    $parts = parse_url(setting('HUB_URL'));
    $host = $parts['host'] . (isset($parts['port']) ? ':' . $parts['port'] : '');
    $mail = "To: $email\nSubject: Your extensions\n\ncomposer config --auth http-basic.$host token $token\n";
    $file = setting('MAIL_DIR') . '/order-' . preg_replace('/[^\w-]/', '_', $orderId) . '.txt';
    file_put_contents($file, $mail);
    chmod($file, 0600);
}

function hub(string $method, string $path, ?array $body, array $headers, array $tolerated = []): array
{
    $context = stream_context_create(['http' => [
        'method' => $method,
        'header' => array_merge(['Authorization: Bearer ' . setting('HUB_TOKEN'), 'Content-Type: application/json'], $headers),
        'content' => $body === null ? '' : json_encode($body, JSON_THROW_ON_ERROR),
        'ignore_errors' => true,
        'follow_location' => 0,
        'timeout' => 10,
    ]]);
    $answer = @file_get_contents(rtrim(setting('HUB_URL'), '/') . $path, false, $context);
    preg_match('{^HTTP/\S+ (\d+)}', $http_response_header[0] ?? '', $match);
    $status = (int) ($match[1] ?? 0);
    if ($answer === false || ($status >= 300 && !in_array($status, $tolerated, true)) || $status < 200) {
        throw new RuntimeException("the hub answered $status to $method $path");
    }
    return json_decode($answer, true) ?? [];
}

function setting(string $name): string
{
    $value = getenv($name);
    if ($value === false || $value === '') {
        error_log("Set $name.");
        answer(500, ['error' => 'not set up']);
    }
    return $value;
}

function answer(int $status, array $body): never
{
    http_response_code($status);
    header('Content-Type: application/json');
    exit(json_encode($body));
}
