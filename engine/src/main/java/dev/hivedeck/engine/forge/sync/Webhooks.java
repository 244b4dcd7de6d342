package dev.hivedeck.engine.forge.sync;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.config.forge.GitHubConfig;
import dev.hivedeck.engine.forge.github.WebhookEvent;
import dev.hivedeck.engine.forge.github.WebhookSignature;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.forge.ForgeViews.WebhookTaken;
import dev.hivedeck.engine.security.SecretLookup;
import dev.hivedeck.engine.store.Store;
import dev.hivedeck.engine.store.Tx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Takes what GitHub sends unasked. It must be signed, counts once, and only says that GitHub is
 * worth looking at now: whoever could send one again or make one up would gain nothing.
 */
public final class Webhooks {
  /** How many deliveries are known again; GitHub sends none again after three days. */
  static final int KEPT = 10_000;

  private static final Pattern NAME = Pattern.compile("[a-z_]{1,64}");
  private static final Pattern DELIVERY = Pattern.compile("[A-Za-z0-9-]{8,64}");

  private final Store store;
  private final Supplier<GitHubConfig> config;
  private final SecretLookup secrets;
  private final ForgeSync sync;
  private final Supplier<String> ids;

  Webhooks(
      Store store,
      Supplier<GitHubConfig> config,
      SecretLookup secrets,
      ForgeSync sync,
      Supplier<String> ids) {
    this.store = store;
    this.config = config;
    this.secrets = secrets;
    this.sync = sync;
    this.ids = ids;
  }

  /**
   * @param name of the event, as its header has it
   * @param delivery its id, as its header has it
   * @param signature as its header has it
   * @throws HiveException {@code no-link} where none are expected, {@code signature-wrong}, {@code
   *     bad-request}, {@code bad-json}
   */
  public WebhookTaken take(
      @Nullable String name, @Nullable String delivery, @Nullable String signature, byte[] body) {
    expect(signature);
    String secret = secrets.value(reference());
    if (!WebhookSignature.isValid(secret, body, signature)) {
      throw unsigned();
    }
    if (name == null
        || delivery == null
        || !NAME.matcher(name).matches()
        || !DELIVERY.matcher(delivery).matches()) {
      throw new HiveException(
          ErrorCode.BAD_REQUEST,
          "A webhook of GitHub has X-GitHub-Event and X-GitHub-Delivery.",
          "Send it as GitHub does.");
    }
    var event = WebhookEvent.of(name, payload(body));
    boolean fresh = store.write(ids.get(), tx -> note(tx, delivery));
    var link = store.read(LinkLedger::link);
    boolean ours = link.isPresent() && event.isOf(link.get().repository());
    boolean looks = fresh && ours && event.tells();
    if (looks && event.number() > 0) {
      sync.hurryNumber(event.number());
    } else if (looks) {
      sync.hurry();
    }
    return new WebhookTaken(name, fresh, looks);
  }

  /**
   * What is known of one before its body is read.
   *
   * @param signature as its header has it
   * @throws HiveException {@code no-link} where none are expected, {@code signature-wrong} where it
   *     has none
   */
  public void expect(@Nullable String signature) {
    reference();
    if (!WebhookSignature.isOne(signature)) {
      throw unsigned();
    }
  }

  private static HiveException unsigned() {
    return new HiveException(
        ErrorCode.SIGNATURE_WRONG,
        "The webhook is not signed with the secret that is kept here.",
        "Set the same secret on GitHub, and application/json as content type.");
  }

  private static boolean note(Tx tx, String delivery) throws SQLException {
    int rows =
        tx.sql()
            .update(
                "INSERT INTO forge_delivery(id, at) VALUES (?, ?) ON CONFLICT DO NOTHING",
                delivery,
                tx.now());
    if (rows > 0) {
      tx.sql()
          .update(
              "DELETE FROM forge_delivery WHERE id IN (SELECT id FROM forge_delivery"
                  + " ORDER BY at DESC LIMIT -1 OFFSET ?)",
              KEPT);
    }
    return rows > 0;
  }

  private String reference() {
    String reference = config.get().webhook();
    if (reference == null) {
      throw new HiveException(
          ErrorCode.NO_LINK,
          "No webhooks are expected here.",
          "Write webhook: secret:github-webhook under github in hive.yaml, and keep the secret.");
    }
    return reference;
  }

  private static JsonNode payload(byte[] body) {
    try {
      return Json.MAPPER.readTree(body);
    } catch (JsonProcessingException e) {
      throw Json.unreadable(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
