package dev.hivedeck.engine.forge.github;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Only who knows the secret is believed. */
class WebhookSignatureTest {
  private static final String SECRET = "It's a Secret to Everybody";
  private static final byte[] BODY = "Hello, World!".getBytes(StandardCharsets.UTF_8);
  private static final String SIGNATURE =
      "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";

  @Test
  void theExampleOfGitHubsDocumentationIsValid() {
    assertThat(WebhookSignature.of(SECRET, BODY)).isEqualTo(SIGNATURE);
    assertThat(WebhookSignature.isValid(SECRET, BODY, SIGNATURE)).isTrue();
  }

  @Test
  void anythingElseIsNot() {
    assertThat(WebhookSignature.isValid(SECRET, BODY, null)).isFalse();
    assertThat(WebhookSignature.isValid(SECRET, BODY, "")).isFalse();
    assertThat(WebhookSignature.isValid(SECRET, BODY, SIGNATURE.substring(7))).isFalse();
    assertThat(WebhookSignature.isValid(SECRET, BODY, SIGNATURE.replace('7', '8'))).isFalse();
    assertThat(WebhookSignature.isValid(SECRET + ".", BODY, SIGNATURE)).isFalse();
    byte[] other = "Hello, World?".getBytes(StandardCharsets.UTF_8);
    assertThat(WebhookSignature.isValid(SECRET, other, SIGNATURE)).isFalse();
  }
}
