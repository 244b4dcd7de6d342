package dev.hivedeck.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.api.flag.HivedeckProvider;
import dev.hivedeck.engine.protocol.flag.FlagCommand;
import dev.hivedeck.engine.rollout.bucketing.Split;
import dev.hivedeck.engine.security.TokenScope;
import dev.hivedeck.engine.security.TokenStore;
import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.ErrorCode;
import dev.openfeature.sdk.ImmutableContext;
import dev.openfeature.sdk.OpenFeatureAPI;
import dev.openfeature.sdk.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Flags through OpenFeature's own SDK, by the provider that the guide shows. */
class OpenFeatureTest {
  @TempDir Path folder;
  private Engine engine;
  private Client client;

  @BeforeEach
  void open() throws Exception {
    var repository = new TestRepository(folder);
    repository.write(
        ".hivedeck/hive.yaml",
        """
        version: 1
        flags:
          new-checkout:
            weights: { on: 20% }
            rules: [{ attribute: plan, in: [pro, 3], serve: on }]
          theme: { variants: { light: { bg: white }, dark: { bg: black } }, default: dark }
          limit: { variants: { low: 10, high: 2.5 }, default: low }
          rate: { variants: { low: 0.5 }, default: low }
          greeting: { variants: { short: Hi, long: Good day }, default: long }
        """);
    repository.commit("Set up");
    engine = repository.open(10, true);
    TestRepository.trust(engine);
    OpenFeatureAPI.getInstance()
        .setProviderAndWait(
            "shop", new HivedeckProvider(engine.endpoint().api(), token(repository.home)));
    client = OpenFeatureAPI.getInstance().getClient("shop");
  }

  @AfterEach
  void close() {
    OpenFeatureAPI.getInstance().shutdown();
    engine.close();
  }

  private static String token(Path home) throws IOException {
    try (var files = Files.walk(home)) {
      var data =
          files.filter(f -> f.endsWith("endpoint.json")).findFirst().orElseThrow().getParent();
      return new TokenStore(data).add("shop", TokenScope.FLAGS, Instant.EPOCH);
    }
  }

  private static ImmutableContext user(String key) {
    return new ImmutableContext(key);
  }

  @Test
  void eachTypeIsWhatTheFileSays() {
    var context = user("user-7");
    assertThat(client.getStringValue("greeting", "?", context)).isEqualTo("Good day");
    assertThat(client.getIntegerValue("limit", 0, context)).isEqualTo(10);
    assertThat(client.getDoubleValue("rate", 0.0, context)).isEqualTo(0.5);
    assertThat(client.getObjectValue("theme", new Value(), context).asStructure().getValue("bg"))
        .isEqualTo(new Value("black"));
    assertThat(client.getStringDetails("greeting", "?", context).getReason()).isEqualTo("STATIC");
  }

  @Test
  void sharesRulesAndTheKillSwitchReachTheClient() {
    var split = Split.of("off", Map.of("on", 20_000));
    for (int i = 0; i < 50; i++) {
      var details = client.getBooleanDetails("new-checkout", false, user("user-" + i));
      assertThat(details.getVariant()).isEqualTo(split.version("user-" + i));
      assertThat(details.getValue()).isEqualTo(details.getVariant().equals("on"));
      assertThat(details.getReason()).isEqualTo("SPLIT");
    }
    var pro = new ImmutableContext("user-1", Map.of("plan", new Value("pro")));
    assertThat(client.getBooleanDetails("new-checkout", false, pro).getReason())
        .isEqualTo("TARGETING_MATCH");
    engine.execute(new FlagCommand.KillFlag("new-checkout", "orders are lost"), null, null);
    var killed = client.getBooleanDetails("new-checkout", true, pro);
    assertThat(killed.getValue()).isFalse();
    assertThat(killed.getReason()).isEqualTo("DISABLED");
  }

  @Test
  void whatCannotBeEvaluatedIsYourOwnDefaultWithTheReason() {
    var missing = client.getBooleanDetails("nothing", true, user("u"));
    assertThat(missing.getValue()).isTrue();
    assertThat(missing.getErrorCode()).isEqualTo(ErrorCode.FLAG_NOT_FOUND);
    assertThat(
            client.getBooleanDetails("new-checkout", true, new ImmutableContext()).getErrorCode())
        .isEqualTo(ErrorCode.TARGETING_KEY_MISSING);
    assertThat(client.getBooleanDetails("greeting", true, user("u")).getErrorCode())
        .isEqualTo(ErrorCode.TYPE_MISMATCH);
    engine.close();
    var away = client.getBooleanDetails("new-checkout", true, user("u"));
    assertThat(away.getValue()).isTrue();
    assertThat(away.getReason()).isEqualTo("ERROR");
  }

  @Test
  void aNumberThatIsNotWholeIsNoInteger() {
    var half = client.getIntegerDetails("rate", 7, user("u"));
    assertThat(half.getValue()).isEqualTo(7);
    assertThat(half.getErrorCode()).isEqualTo(ErrorCode.TYPE_MISMATCH);
  }

  @Test
  void anotherTokenIsToldApartFromAnotherType() {
    var provider = new HivedeckProvider(engine.endpoint().api(), "another");
    var refused = provider.getBooleanEvaluation("new-checkout", true, user("u"));
    assertThat(refused.getValue()).isTrue();
    assertThat(refused.getErrorCode()).isEqualTo(ErrorCode.GENERAL);
    assertThat(refused.getErrorMessage()).contains("401");
  }

  @Test
  void theGuideShowsTheProviderThatIsTried() throws IOException {
    String guide = Files.readString(Path.of("../docs/flags.md"));
    String source =
        Files.readString(
            Path.of("src/test/java/dev/hivedeck/engine/api/flag/HivedeckProvider.java"));
    String shown = source.substring(source.indexOf("import com."));
    assertThat(guide).contains("```java\n" + shown.strip() + "\n```");
  }
}
