package dev.hivedeck.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Config;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file edited through the engine: what stands there, what would, and consent as always. */
class ConfigEditTest {
  private static final String FILE = ".hivedeck/hive.yaml";
  private static final String HIVE =
      """
      version: 1
      agents:
        a: { run: "true", parallel: 1 }  # the only one
      gates:
        g: { run: make test, at: [attempt] }
      """;

  @TempDir Path folder;
  private TestRepository sandbox;

  @BeforeEach
  void repository() {
    sandbox = new TestRepository(folder);
    sandbox.write(FILE, HIVE);
    sandbox.commit("Set up");
  }

  private static List<Config.Change> change(String at, Object value) {
    return List.of(new Config.Change(at, value == null ? null : Json.tree(value)));
  }

  private static Config.Source source(Engine engine) {
    return Json.as(engine.query(new Query.ConfigSource()), Config.Source.class);
  }

  private static Config.Preview preview(Engine engine, List<Config.Change> changes) {
    return Json.as(engine.query(new Query.ConfigPreview(changes, null)), Config.Preview.class);
  }

  private String text() throws IOException {
    return Files.readString(sandbox.repository.resolve(FILE));
  }

  private static HiveException refused(Engine engine, Command command) {
    return catchThrowableOfType(HiveException.class, () -> engine.execute(command, null));
  }

  @Test
  void anEditIsPreviewedWrittenAskedForAndTakenBack() throws IOException {
    try (Engine engine = sandbox.open()) {
      TestRepository.trust(engine);
      var source = source(engine);
      assertThat(source.text()).isEqualTo(HIVE);
      assertThat(source.values().at("/agents/a/parallel").asInt()).isEqualTo(1);

      var preview = preview(engine, change("/agents/a/parallel", 3));
      assertThat(text()).as("nothing is written").isEqualTo(HIVE);
      assertThat(preview.digest()).isEqualTo(source.digest());
      assertThat(preview.problems()).isEmpty();
      assertThat(preview.consent().why()).contains("agent a: parallel");
      var hunk = preview.diff().files().getFirst().hunks().getFirst();
      assertThat(hunk.header()).isEqualTo("@@ -1,5 +1,5 @@");
      assertThat(hunk.lines())
          .filteredOn(l -> !l.kind().equals(" "))
          .extracting(l -> l.kind() + l.text())
          .containsExactly(
              "-  a: { run: \"true\", parallel: 1 }  # the only one",
              "+  a: { run: \"true\", parallel: 3 }  # the only one");

      var edit = new Command.EditConfig(source.digest(), change("/agents/a/parallel", 3));
      var edited = Json.as(engine.execute(edit, null, "k"), Config.Edited.class);
      assertThat(text()).isEqualTo(HIVE.replace("parallel: 1", "parallel: 3"));
      assertThat(edited.digest()).isEqualTo(source(engine).digest());
      assertThat(edited.trusted()).isFalse();
      assertThat(TestRepository.workspace(engine).trusted()).as("asked at once").isFalse();
      assertThat(refused(engine, new Command.StartHive(1)).code()).isEqualTo("not-trusted");
      assertThat(engine.config().agents().get("a").parallel()).as("in force").isEqualTo(1);

      var back = new Command.WriteConfig(edited.digest(), HIVE);
      assertThat(Json.as(engine.execute(back, null), Config.Edited.class).trusted()).isTrue();
      assertThat(text()).isEqualTo(HIVE);
      assertThat(TestRepository.workspace(engine).trusted()).as("as it was").isTrue();
    }
  }

  @Test
  void whatThoseWhoWatchCannotReadIsRefusedAndWhatWasThereBeforeKeepsNobodyFromAnEdit()
      throws IOException {
    var odd = HIVE + "objectives:\n  odd: { indicator: { good: 'a{', total: a }, target: 99% }\n";
    sandbox.write(FILE, odd);
    try (Engine engine = sandbox.open()) {
      var digest = source(engine).digest();
      var objective = "{\"indicator\": {\"good\": \"a\", \"total\": \"b\"}, \"target\": \"99%\"";
      for (var wrong :
          List.of(
              objective + ", \"window\": \"soon\"}",
              objective.replace("\"a\"", "\"a{\"") + "}",
              "{\"indicator\": {\"query\": \"rate(\", \"below\": 5}, \"target\": \"99%\"}")) {
        var change = change("/objectives/new", Json.read(wrong, Object.class));
        assertThat(preview(engine, change).problems()).as(wrong).isNotEmpty();
        assertThat(refused(engine, new Command.EditConfig(digest, change)).code())
            .as(wrong)
            .isEqualTo("config-invalid");
      }
      var rule = change("/alerts/Lags", Map.of("expr", "lag_seconds >"));
      assertThat(refused(engine, new Command.EditConfig(digest, rule)).code())
          .isEqualTo("config-invalid");
      assertThat(text()).as("nothing is written").isEqualTo(odd);
      var edited =
          engine.execute(new Command.EditConfig(digest, change("/agents/a/parallel", 3)), null);
      assertThat(Json.as(edited, Config.Edited.class).digest()).isNotEqualTo(digest);
      assertThat(text()).contains("parallel: 3", "a{");
    }
  }

  @Test
  void whatIsNotValidIsRefusedWithItsLine() throws IOException {
    try (Engine engine = sandbox.open()) {
      var wrong = change("/agents/a/paralel", 3);
      assertThat(preview(engine, wrong).problems())
          .singleElement()
          .asString()
          .contains("hive.yaml:3: unknown key \"paralel\"", "did you mean parallel?");
      var digest = source(engine).digest();
      var refusal = refused(engine, new Command.EditConfig(digest, wrong));
      assertThat(refusal.code()).isEqualTo("config-invalid");
      assertThat(refusal.getMessage()).contains("hive.yaml:3:");
      assertThat(refused(engine, new Command.EditConfig(digest, change("/gates", "x"))).code())
          .isEqualTo("config-invalid");
      assertThat(
              refused(engine, new Command.EditConfig(digest, change("/gates/g/at/0", "x"))).code())
          .isEqualTo("bad-place");
      assertThat(refused(engine, new Command.WriteConfig(digest, "agents: [")).code())
          .isEqualTo("config-invalid");
      assertThat(refused(engine, new Command.WriteConfig(digest, null)).code())
          .isEqualTo("bad-usage");
      assertThat(text()).isEqualTo(HIVE);
    }
  }

  /** A file that somebody broke by hand is mended by the edit that mends it. */
  @Test
  void anEditMayMendWhatIsBroken() throws IOException {
    try (Engine engine = sandbox.open()) {
      sandbox.write(FILE, HIVE.replace("parallel: 1", "parallel: 0"));
      var source = source(engine);
      assertThat(source.problems()).singleElement().asString().contains("hive.yaml:3:");
      assertThat(source.values().at("/agents/a/parallel").asInt(-1)).isZero();
      engine.execute(
          new Command.EditConfig(source.digest(), change("/agents/a/parallel", 2)), null);
      assertThat(text()).isEqualTo(HIVE.replace("parallel: 1", "parallel: 2"));
    }
  }

  @Test
  void whereThereIsNoFileOneIsBegun() throws IOException {
    Files.delete(sandbox.repository.resolve(FILE));
    try (Engine engine = sandbox.open()) {
      assertThat(source(engine).text()).isNull();
      var proposal = source(engine).proposal();
      assertThat(proposal).contains("version: 1", "agents:");
      var digest = source(engine).digest();
      engine.execute(new Command.EditConfig(digest, change("/budgets/day/cost", 5)), null);
      assertThat(text()).isEqualTo("version: 1\nbudgets:\n  day: { cost: 5 }\n");
      Files.delete(sandbox.repository.resolve(FILE));
      engine.execute(new Command.WriteConfig(digest, proposal), null);
      assertThat(text()).isEqualTo(proposal);
      assertThat(source(engine).proposal()).isNull();
    }
  }

  @Test
  void whoeverChangedTheFileMeanwhileLosesNothing() throws IOException {
    try (Engine engine = sandbox.open()) {
      var digest = source(engine).digest();
      String theirs = HIVE + "budgets:\n  day: { cost: 5 }\n";
      sandbox.write(FILE, theirs);
      var edit = new Command.EditConfig(digest, change("/agents/a/parallel", 3));
      assertThat(refused(engine, edit).code()).isEqualTo("config-changed");
      assertThat(refused(engine, new Command.WriteConfig(null, HIVE)).code())
          .isEqualTo("config-changed");
      assertThat(text()).isEqualTo(theirs);
      var again = new Command.EditConfig(digest, change("/budgets/day/cost", 5));
      assertThat(engine.execute(again, null, "k")).as("so already").isNotNull();
      assertThat(text()).isEqualTo(theirs);
      assertThat(sandbox.repository.resolve(".hivedeck").toFile().list()).hasSize(1);
    }
  }

  @Test
  void httpDoesTheSame() throws Exception {
    try (Engine engine = sandbox.open(1, true)) {
      var source = call(engine, "GET", "/v1/config", null);
      assertThat(source.statusCode()).isEqualTo(200);
      String digest = source(engine).digest();
      assertThat(source.body()).contains(digest);
      String changes = "\"changes\":[{\"at\":\"/agents/a/parallel\",\"value\":3}]}";
      assertThat(call(engine, "POST", "/v1/config/preview", "{" + changes).body())
          .contains("parallel: 3", "\"problems\":[]");
      assertThat(call(engine, "POST", "/v1/config", "{" + changes).statusCode()).isEqualTo(400);
      assertThat(call(engine, "POST", "/v1/config", "{\"digest\":\"0\"," + changes).statusCode())
          .isEqualTo(409);
      assertThat(call(engine, "POST", "/v1/config", "{\"digest\":\"" + digest + "\"," + changes))
          .satisfies(r -> assertThat(r.body()).contains("\"trusted\":false"));
      assertThat(text()).contains("parallel: 3");
    }
  }

  private static HttpResponse<String> call(Engine engine, String method, String path, String body)
      throws Exception {
    var request =
        HttpRequest.newBuilder(URI.create(engine.endpoint().api() + path))
            .header("Authorization", "Bearer " + engine.endpoint().token())
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body))
            .build();
    try (var client = HttpClient.newHttpClient()) {
      return client.send(request, BodyHandlers.ofString());
    }
  }
}
