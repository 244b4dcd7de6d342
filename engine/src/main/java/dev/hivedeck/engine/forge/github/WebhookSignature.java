package dev.hivedeck.engine.forge.github;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Whether GitHub sent it: HMAC-SHA256 over the body as it came.
 *
 * @see <a href="https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries">
 *     GitHub, validating webhook deliveries</a>
 */
public final class WebhookSignature {
  /** The header that carries it. */
  public static final String HEADER = "X-Hub-Signature-256";

  private static final String PREFIX = "sha256=";
  private static final Pattern FORM = Pattern.compile(PREFIX + "[0-9a-f]{64}");
  private static final String ALGORITHM = "HmacSHA256";

  private WebhookSignature() {}

  /** As the header has it. */
  public static String of(String secret, byte[] body) {
    try {
      var mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), ALGORITHM));
      return PREFIX + HexFormat.of().formatHex(mac.doFinal(body));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Whether a header has the form of one. */
  public static boolean isOne(@Nullable String header) {
    return header != null && FORM.matcher(header).matches();
  }

  /** Compares in the same time, however much of it is right. */
  public static boolean isValid(String secret, byte[] body, @Nullable String header) {
    return header != null
        && MessageDigest.isEqual(
            of(secret, body).getBytes(StandardCharsets.UTF_8),
            header.getBytes(StandardCharsets.UTF_8));
  }
}
