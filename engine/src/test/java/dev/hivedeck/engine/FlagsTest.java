package dev.hivedeck.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.flag.FlagCommand;
import dev.hivedeck.engine.protocol.flag.FlagQuery;
import dev.hivedeck.engine.protocol.flag.FlagViews.Flag;
import dev.hivedeck.engine.protocol.flag.FlagViews.WeightSource;
import dev.hivedeck.engine.protocol.rollout.RolloutCommand;
import dev.hivedeck.engine.protocol.rollout.RolloutQuery;
import dev.hivedeck.engine.protocol.rollout.RolloutState;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.Rollout;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.RolloutFigures;
import dev.hivedeck.engine.rollout.bucketing.Split;
import dev.hivedeck.engine.security.TokenScope;
import dev.hivedeck.engine.security.TokenStore;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Feature flags, as users' code asks for them over HTTP and people and rollouts rule them. */
class FlagsTest {
  private static final String FLAGS =
      """
      version: 1
      flags:
        new-checkout:
          weights: { on: 20% }
          rules:
            - { attribute: email, endsWith: "@example.com", serve: on }
            - { attribute: plan, in: [pro, 3], serve: on }
        theme:
          variants: { light: { bg: white }, dark: { bg: black }, sepia: { bg: tan } }
          default: light
          weights: { dark: 10%, sepia: 5% }
        limit: { variants: { low: 10, high: 2.5 }, default: low }
      rollouts:
        checkout:
          subject: { flag: new-checkout }
          steps: [30%, 100%]
          hold: 1s
          rollback: [error-rate > 30%]
      """;

  @TempDir Path folder;
  private TestRepository repository;
  private Engine engine;
  private @Nullable String token;
  private final HttpClient client = HttpClient.newHttpClient();

  private void open(String yaml) {
    repository = new TestRepository(folder);
    repository.write(".hivedeck/hive.yaml", yaml);
    repository.commit("Set up");
    engine = repository.open(10, true);
    TestRepository.trust(engine);
  }

  private void restart() {
    engine.close();
    engine = repository.open(10, true);
  }

  @AfterEach
  void close() {
    if (engine != null) {
      engine.close();
    }
    client.close();
  }

  private HttpResponse<String> post(String path, String body, String... headers)
      throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(URI.create(engine.endpoint().api() + path))
            .header(
                "Authorization", "Bearer " + (token == null ? engine.endpoint().token() : token))
            .POST(HttpRequest.BodyPublishers.ofString(body));
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private JsonNode evaluate(String key, String context) {
    try {
      var body = "{\"context\":" + context + "}";
      return Json.read(post("/ofrep/v1/evaluate/flags/" + key, body).body(), JsonNode.class);
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private JsonNode of(String user) {
    return evaluate("new-checkout", "{\"targetingKey\":\"" + user + "\"}");
  }

  private Flag flag(String key) {
    return Json.as(engine.query(new FlagQuery.OneFlag(key)), Flag.class);
  }

  private Rollout rollout() {
    return Json.as(engine.query(new RolloutQuery.OneRollout("R-1")), Rollout.class);
  }

  private static void until(BooleanSupplier is) {
    long end = System.nanoTime() + 60_000_000_000L;
    while (!is.getAsBoolean() && System.nanoTime() < end) {
      LockSupport.parkNanos(20_000_000);
    }
    assertThat(is.getAsBoolean()).isTrue();
  }

  private void report(boolean on, boolean off, int times) {
    var outcomes = Json.MAPPER.createArrayNode();
    for (int i = 0; i < times; i++) {
      outcomes.addObject().put("variant", "on").put("ok", on).put("milliseconds", 12);
      outcomes.addObject().put("variant", "off").put("ok", off);
    }
    try {
      assertThat(post("/v1/flags/new-checkout/outcomes", outcomes.toString()).statusCode())
          .isEqualTo(200);
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aShareOfKeysGetsAVariantAndTheSameKeysAsAtTheGateway() {
    open(FLAGS);
    var split = Split.of("off", Map.of("on", 20_000));
    int on = 0;
    for (int user = 0; user < 200; user++) {
      var answer = of("user-" + user);
      assertThat(answer.get("variant").asText()).isEqualTo(split.version("user-" + user));
      assertThat(answer.get("value").asBoolean())
          .isEqualTo(answer.get("variant").asText().equals("on"));
      assertThat(answer.get("reason").asText()).isEqualTo("SPLIT");
      on += answer.get("value").asBoolean() ? 1 : 0;
    }
    assertThat(on).isBetween(20, 60);
  }

  @Test
  void rulesGoBeforeAndEachTypeIsServedAsItIs() {
    open(FLAGS);
    assertThat(evaluate("new-checkout", "{\"email\":\"a@example.com\"}").toString())
        .contains("\"value\":true", "\"reason\":\"TARGETING_MATCH\"");
    assertThat(evaluate("new-checkout", "{\"plan\":3.0}").get("value").asBoolean()).isTrue();
    assertThat(evaluate("new-checkout", "{\"plan\":\"3\"}").get("errorCode").asText())
        .as("a text is no number")
        .isEqualTo("TARGETING_KEY_MISSING");
    assertThat(evaluate("new-checkout", "{\"plan\":1e400}").path("errorCode").asText())
        .as("what is no number that can be kept fits nothing")
        .isEqualTo("TARGETING_KEY_MISSING");
    assertThat(evaluate("limit", "{}").toString())
        .isEqualTo("{\"key\":\"limit\",\"reason\":\"STATIC\",\"variant\":\"low\",\"value\":10}");
    assertThat(evaluate("theme", "{\"targetingKey\":7}").at("/value/bg").asText()).isNotEmpty();
  }

  @Test
  void errorsAreThoseOfTheProtocol() throws Exception {
    open(FLAGS);
    String one = "/ofrep/v1/evaluate/flags/new-checkout";
    assertThat(post(one, "{").statusCode()).isEqualTo(400);
    assertThat(post(one, "{").body()).contains("\"PARSE_ERROR\"", "\"key\":\"new-checkout\"");
    assertThat(post(one, "{\"context\":3}").body()).contains("\"INVALID_CONTEXT\"");
    assertThat(post(one, "").statusCode()).isEqualTo(400);
    assertThat(post(one, "").body()).contains("\"TARGETING_KEY_MISSING\"");
    var none = post("/ofrep/v1/evaluate/flags/new-checkou", "{}");
    assertThat(none.statusCode()).isEqualTo(404);
    assertThat(none.body()).contains("\"FLAG_NOT_FOUND\"", "did you mean new-checkout?");
    var get =
        HttpRequest.newBuilder(URI.create(engine.endpoint().api() + one))
            .header("Authorization", "Bearer " + engine.endpoint().token())
            .build();
    assertThat(client.send(get, HttpResponse.BodyHandlers.ofString()).statusCode()).isEqualTo(405);
    var unknown =
        HttpRequest.newBuilder(URI.create(engine.endpoint().api() + one))
            .POST(HttpRequest.BodyPublishers.ofString("{}"))
            .build();
    assertThat(client.send(unknown, HttpResponse.BodyHandlers.ofString()).statusCode())
        .isEqualTo(401);
  }

  @Test
  void allAreEvaluatedAtOnceAndWhoHasTheSameAnswerIsToldSo() throws Exception {
    open(FLAGS);
    String all = "/ofrep/v1/evaluate/flags";
    String body = "{\"context\":{\"targetingKey\":\"user-1\"}}";
    var first = post(all, body);
    assertThat(Json.read(first.body(), JsonNode.class).get("flags")).hasSize(3);
    String tag = first.headers().firstValue("ETag").orElseThrow();
    var same = post(all, body, "If-None-Match", tag);
    assertThat(same.statusCode()).isEqualTo(304);
    assertThat(same.body()).isEmpty();
    engine.execute(new FlagCommand.KillFlag("theme", null), null, null);
    assertThat(post(all, body, "If-None-Match", tag).statusCode()).isEqualTo(200);
    assertThat(post(all, "{}").body())
        .as("one without a key fails, not all")
        .contains("TARGETING_KEY_MISSING", "\"variant\":\"low\"");
  }

  @Test
  void whoIsKilledIsOffForEverybodyAlsoInTheNextEngine() {
    open(FLAGS);
    engine.execute(new FlagCommand.KillFlag("new-checkout", "it burns"), null, null);
    restart();
    for (int user = 0; user < 30; user++) {
      assertThat(of("user-" + user).toString()).contains("\"value\":false", "\"DISABLED\"");
    }
    assertThat(evaluate("new-checkout", "{\"email\":\"a@example.com\"}").get("value").asBoolean())
        .isFalse();
    assertThat(flag("new-checkout").because()).isEqualTo("it burns");
    assertThatThrownBy(
            () -> engine.execute(new FlagCommand.KillFlag("new-checkout", null), null, null))
        .hasMessageContaining("killed already");
    engine.execute(new FlagCommand.RestoreFlag("new-checkout"), null, null);
    assertThat(of("user-1").get("reason").asText()).isEqualTo("SPLIT");
    assertThatThrownBy(
            () -> engine.execute(new FlagCommand.RestoreFlag("new-checkout"), null, null))
        .hasMessageContaining("is not killed");
  }

  @Test
  void whatAPersonSetsMovesNobodyBackAndHoldsUntilTheFileSaysOtherwise() {
    open(FLAGS);
    var before = users();
    var told =
        Json.as(
            engine.execute(new FlagCommand.SetFlag("new-checkout", 50, null), null, null),
            Flag.class);
    assertThat(told.variants().getFirst().weight()).as("as it is now").isEqualTo(50);
    assertThat(told.by()).isEqualTo(WeightSource.PERSON);
    restart();
    assertThat(users()).containsAll(before).hasSizeGreaterThan(before.size());
    repository.write(".hivedeck/hive.yaml", FLAGS.replace("on: 20%", "on: 10%"));
    until(() -> TestRepository.workspace(engine).consent().digest() != null);
    TestRepository.trust(engine);
    until(() -> flag("new-checkout").by() == WeightSource.CONFIGURATION);
    assertThat(before).containsAll(users());
  }

  @Test
  void aWeightInTheFileMovesNobodyOfAnotherVariantAlsoThroughTheNextEngine() {
    open(FLAGS);
    var sepia = sepia();
    assertThat(sepia).isNotEmpty();
    for (int dark : List.of(20, 3, 40)) {
      repository.write(".hivedeck/hive.yaml", FLAGS.replace("dark: 10%", "dark: " + dark + "%"));
      until(() -> TestRepository.workspace(engine).consent().digest() != null);
      TestRepository.trust(engine);
      until(() -> flag("theme").variants().get(1).weight() == dark);
      assertThat(sepia()).isEqualTo(sepia);
      restart();
      assertThat(sepia()).as("with %s%% dark, in the next engine", dark).isEqualTo(sepia);
    }
  }

  private TreeSet<Integer> sepia() {
    var some = new TreeSet<Integer>();
    for (int user = 0; user < 150; user++) {
      var answer = evaluate("theme", "{\"targetingKey\":\"user-" + user + "\"}");
      if (answer.get("variant").asText().equals("sepia")) {
        some.add(user);
      }
    }
    return some;
  }

  private TreeSet<Integer> users() {
    var on = new TreeSet<Integer>();
    for (int user = 0; user < 100; user++) {
      if (of("user-" + user).path("value").asBoolean()) {
        on.add(user);
      }
    }
    return on;
  }

  @Test
  void whatCannotBeSetIsRefusedWithAWayOut() {
    open(FLAGS);
    assertThatThrownBy(() -> engine.execute(new FlagCommand.SetFlag("theme", 5, null), null, null))
        .isInstanceOfSatisfying(
            HiveException.class, e -> assertThat(e.hint()).contains("dark, sepia"));
    assertThatThrownBy(
            () -> engine.execute(new FlagCommand.SetFlag("theme", 96, "dark"), null, null))
        .hasMessageContaining("101%".substring(0, 3));
    assertThatThrownBy(
            () -> engine.execute(new FlagCommand.SetFlag("theme", 5, "light"), null, null))
        .hasMessageContaining("is the default");
    assertThatThrownBy(
            () -> engine.execute(new FlagCommand.SetFlag("new-checkout", 101, null), null, null))
        .hasMessageContaining("no share");
    assertThatThrownBy(() -> engine.execute(new FlagCommand.KillFlag("them", null), null, null))
        .hasMessageContaining("did you mean theme?");
  }

  @Test
  void outcomesAreCountedOnceAndABadOneRefusesAll() throws Exception {
    open(FLAGS);
    String at = "/v1/flags/new-checkout/outcomes";
    String some =
        "{\"outcomes\":[{\"variant\":\"on\",\"ok\":false,\"id\":\"a\"},{\"variant\":\"off\",\"ok\":true}]}";
    assertThat(post(at, some).body()).isEqualTo("{\"counted\":2,\"known\":0}");
    assertThat(post(at, some).body()).isEqualTo("{\"counted\":1,\"known\":1}");
    assertThat(
            post(at, "[{\"variant\":\"on\",\"ok\":true},{\"variant\":\"no\",\"ok\":true}]").body())
        .contains("outcomes/1/variant", "its variants: on, off".substring(4));
    assertThat(post(at, "{\"variant\":\"on\"}").statusCode()).isEqualTo(400);
    assertThat(post(at, "{\"variant\":\"on\",\"ok\":true,\"milliseconds\":-1}").body())
        .contains("no time");
    assertThat(flag("new-checkout").variants().getFirst().reported()).isEqualTo(1);
    assertThat(flag("new-checkout").variants().getFirst().failed()).isEqualTo(1);
    assertThat(post("/v1/flags/none/outcomes", "[]").statusCode()).isEqualTo(404);
  }

  @Test
  void aTokenOfItsOwnAsksAndReportsAndDoesNothingElse() throws Exception {
    open(FLAGS);
    Path data;
    try (var files = Files.walk(repository.home)) {
      data = files.filter(f -> f.endsWith("endpoint.json")).findFirst().orElseThrow().getParent();
    }
    token = new TokenStore(data).add("shop", TokenScope.FLAGS, Instant.EPOCH);
    assertThat(of("user-1").get("reason").asText()).isEqualTo("SPLIT");
    assertThat(post("/ofrep/v1/evaluate/flags", "{}").statusCode()).isEqualTo(200);
    report(true, true, 1);
    assertThat(flag("new-checkout").variants().getFirst().reported()).isEqualTo(1);
    var kill = post("/v1/flags/new-checkout/kill", "{}");
    assertThat(kill.statusCode()).isEqualTo(403);
    assertThat(kill.body())
        .contains("The token shop may evaluate flags and report outcomes, nothing else.");
    assertThat(kill.headers().firstValue("WWW-Authenticate"))
        .contains("Bearer error=\"insufficient_scope\"");
    for (String path : List.of("/v1/metrics", "/v1/otlp/v1/metrics", "/v1/flags", "/mcp")) {
      assertThat(post(path, "{}").statusCode()).as(path).isEqualTo(403);
    }
    token = new TokenStore(data).add("meter", TokenScope.METRICS_WRITE, Instant.EPOCH);
    assertThat(post("/ofrep/v1/evaluate/flags", "{}").statusCode()).isEqualTo(403);
    assertThat(post("/v1/flags/new-checkout/outcomes", "[]").body())
        .contains("The token meter may push metrics, nothing else.");
    token = null;
  }

  @Test
  void onlyWhatTheSplitGaveIsEvidence() throws Exception {
    open(FLAGS.replace("hold: 1s", "hold: 1h"));
    engine.execute(new RolloutCommand.StartRollout("checkout", "on", null), null, null);
    until(() -> rollout().state() == RolloutState.STEPPING);
    assertThat(figures().metrics().getFirst().canary().all()).as("it counts from now on").isZero();
    var outcomes = Json.MAPPER.createArrayNode();
    for (String reason : List.of("TARGETING_MATCH", "DISABLED", "CACHED", "SPLIT", "STATIC")) {
      outcomes.addObject().put("variant", "on").put("ok", true).put("reason", reason);
    }
    outcomes.addObject().put("variant", "on").put("ok", true);
    assertThat(post("/v1/flags/new-checkout/outcomes", outcomes.toString()).body())
        .isEqualTo("{\"counted\":6,\"known\":0}");
    until(() -> figures().metrics().getFirst().canary().all() > 0);
    assertThat(figures().metrics().getFirst().canary().all()).isEqualTo(3);
    assertThat(flag("new-checkout").variants().getFirst().reported()).isEqualTo(6);
  }

  private RolloutFigures figures() {
    return Json.as(engine.query(new RolloutQuery.Figures("R-1")), RolloutFigures.class);
  }

  @Test
  void aKillTakesARolloutBackAlsoWhereTheDefaultIsWhatItExposes() {
    open(FLAGS.replace("on: 20%", "on: 100%").replace("hold: 1s", "hold: 1h"));
    engine.execute(new RolloutCommand.StartRollout("checkout", "off", null), null, null);
    until(() -> rollout().state() == RolloutState.STEPPING);
    engine.execute(new FlagCommand.KillFlag("new-checkout", null), null, null);
    until(() -> rollout().state() == RolloutState.ROLLED_BACK);
    assertThat(rollout().why()).contains("the flag was killed");
  }

  @Test
  void aFlagIsRolledOutByWhatIsReportedAndTheNextEngineKnows() {
    open(FLAGS);
    engine.execute(new RolloutCommand.StartRollout("checkout", "on", null), null, null);
    until(
        () -> {
          report(true, true, 20);
          return rollout().state() == RolloutState.PROMOTED;
        });
    assertThat(of("anybody").get("variant").asText()).isEqualTo("on");
    restart();
    assertThat(of("anybody").get("variant").asText()).isEqualTo("on");
    assertThat(flag("new-checkout").by()).isEqualTo(WeightSource.ROLLOUT);
    engine.execute(new FlagCommand.SetFlag("new-checkout", 0, null), null, null);
    until(() -> flag("new-checkout").by() == WeightSource.PERSON);
    assertThat(of("anybody").get("variant").asText()).isEqualTo("off");
    restart();
    assertThat(of("anybody").get("variant").asText()).isEqualTo("off");
  }

  @Test
  void oneThatFailsIsTakenBackToNobody() {
    open(FLAGS.replace("hold: 1s", "hold: 1h"));
    engine.execute(new RolloutCommand.StartRollout("checkout", "on", null), null, null);
    until(() -> rollout().state() == RolloutState.STEPPING);
    assertThatThrownBy(
            () -> engine.execute(new FlagCommand.SetFlag("new-checkout", 5, null), null, null))
        .hasMessageContaining("R-1 says what share");
    until(
        () -> {
          report(false, true, 20);
          return rollout().state() == RolloutState.ROLLED_BACK;
        });
    assertThat(users()).isEmpty();
  }

  @Test
  void aFlagThatIsKilledTakesItsRolloutBack() {
    open(FLAGS.replace("hold: 1s", "hold: 1h"));
    engine.execute(new RolloutCommand.StartRollout("checkout", "on", null), null, null);
    until(() -> rollout().state() == RolloutState.STEPPING);
    engine.execute(new FlagCommand.KillFlag("new-checkout", null), null, null);
    until(() -> rollout().state() == RolloutState.ROLLED_BACK);
    assertThat(rollout().why()).contains("the flag was killed");
    assertThatThrownBy(
            () ->
                engine.execute(new RolloutCommand.StartRollout("checkout", "on", null), null, null))
        .hasMessageContaining("is killed");
    engine.execute(new FlagCommand.RestoreFlag("new-checkout"), null, null);
    assertThat(users()).as("who was taken back stays so").isEmpty();
  }

  @Test
  void whatIsWrongInTheFileIsRefusedAtItsLine() {
    repository = new TestRepository(folder);
    repository.write(
        ".hivedeck/hive.yaml",
        """
        version: 1
        flags:
          a: { variants: { x: true, y: 3 }, default: x }
          b: { weights: { on: much, off: 5%, oh: 5% } }
          c: { variants: { one: 1, two: 2 } }
          d: { weights: { on: 60% }, rules: [{ attribute: a, serve: on }, { attribute: a, in: [b], serve: nobody }] }
          e: { variants: { one: 1, two: 2, three: 3 }, default: one, weights: { two: 60%, three: 60% } }
        rollouts:
          r: { subject: { flag: aa }, steps: [5%] }
          s: { subject: { flag: a, service: b }, steps: [5%] }
        """);
    repository.commit("Set up");
    assertThatThrownBy(() -> repository.open(10, true))
        .isInstanceOf(HiveException.class)
        .hasMessageContaining("variants are of one type")
        .hasMessageContaining("\"much\" is no share")
        .hasMessageContaining("off is the default")
        .hasMessageContaining("oh is no variant (did you mean on?)")
        .hasMessageContaining("say which variant everybody gets")
        .hasMessageContaining(
            "a rule has one of equals, in, startsWith and endsWith, and this has 0")
        .hasMessageContaining("more than 100%")
        .hasMessageContaining("aa is no flag")
        .hasMessageContaining("one subject");
  }
}
