package dev.hivedeck.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.RequestParser;
import dev.hivedeck.engine.protocol.view.GateViews;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What comes from outside may lack anything; the answer says what. */
class RequestsTest {
  @TempDir Path folder;

  private static List<String> types(Class<?> kind) {
    var words =
        kind == Command.class
            ? RequestParser.commands().keySet()
            : RequestParser.queries().keySet();
    return words.stream().filter(type -> !List.of("engine.stop", "clis").contains(type)).toList();
  }

  private static JsonNode json(String text) {
    return Json.read(text, JsonNode.class);
  }

  @Test
  void whateverIsMissingNothingFails() {
    try (Engine engine = new TestRepository(folder).open()) {
      for (String type : types(Command.class)) {
        var bare = Json.object().put("type", type);
        assertThat(catchThrowable(() -> engine.execute(RequestParser.command(bare), null)))
            .as(type)
            .satisfiesAnyOf(
                e -> assertThat(e).isNull(), e -> assertThat(e).isInstanceOf(HiveException.class));
      }
      for (String type : types(Query.class)) {
        var bare = Json.object().put("type", type);
        assertThat(catchThrowable(() -> engine.query(RequestParser.query(bare))))
            .as(type)
            .satisfiesAnyOf(
                e -> assertThat(e).isNull(), e -> assertThat(e).isInstanceOf(HiveException.class));
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"type\":\"plan.import\"} | bad-request | name is missing",
        "{\"type\":\"plan.import\",\"name\":\"p.yaml\",\"text\":null} | bad-request | text is"
            + " missing",
        "{\"type\":\"kept.restore\"} | bad-request | id is missing",
        "{\"type\":\"decision.decide\",\"id\":\"D-1\"} | bad-request | option is missing",
        "{\"type\":\"change.return\",\"id\":null} | bad-request | id is missing",
        "{\"type\":\"change.return\",\"id\":\"C-1\",\"lines\":[{\"file\":\"a\"}]} | bad-request |"
            + " lines.0.text is missing",
        "{\"type\":\"change.return\",\"id\":\"C-1\",\"lines\":[null]} | bad-request | lines.0 is"
            + " missing",
        "{\"type\":\"agent.say\",\"name\":\"a\"} | bad-request | text is missing",
        "{\"type\":\"task.add\"} | bad-request | title is missing",
        "{\"type\":\"task.add\",\"title\":\"a\\u0000b\"} | bad-request | title has a NUL",
        "{\"type\":\"task.add\",\"title\":1e999} | bad-json | Not the JSON expected",
        "{\"type\":\"task.add\",\"title\":true} | bad-json | Not the JSON expected",
        "{\"type\":\"no.such\"} | bad-json | Not the JSON expected",
        "{} | bad-json | Not the JSON expected",
        "null | bad-request | the command is missing",
      })
  void whatIsMissingIsNamed(String body, String code, String says) {
    var e = catchThrowableOfType(HiveException.class, () -> RequestParser.command(json(body)));
    assertThat(e.code()).isEqualTo(code);
    assertThat(e.getMessage()).contains(says);
    assertThat(e.hint()).isNotBlank();
  }

  @Test
  void aQuestionIsHeldToTheSame() {
    var e =
        catchThrowableOfType(
            HiveException.class, () -> RequestParser.query(json("{\"type\":\"kept.diff\"}")));
    assertThat(e.getMessage()).isEqualTo("id is missing.");
  }

  @Test
  void whatMayBeLeftOutMayBe() {
    assertThat(RequestParser.command(json("{\"type\":\"task.add\",\"title\":\"t\"}")))
        .isInstanceOf(Command.AddTask.class);
    assertThat(RequestParser.command(json("{\"type\":\"workspace.work\"}")))
        .isEqualTo(new Command.StartHive(0));
  }

  /** The same as in a plan. */
  @ParameterizedTest
  @CsvSource({"../../../escape", "T-\u202e1", "-x", "a b", "a/b", ".."})
  void anIdThatAPlanMayNotHaveIsRefused(String id) {
    var sandbox = new TestRepository(folder);
    sandbox.write(
        ".hivedeck/hive.yaml", "version: 1\nagents: { a: { driver: command, run: ls } }\n");
    try (Engine engine = sandbox.open()) {
      TestRepository.trust(engine);
      var add = Json.object().put("type", "task.add").put("id", id).put("title", "t");
      var e =
          catchThrowableOfType(
              HiveException.class, () -> engine.execute(RequestParser.command(add), null));
      assertThat(e.code()).isEqualTo("plan-invalid");
      assertThat(TestRepository.tasks(engine)).isEmpty();
      engine.execute(RequestParser.command(add.put("id", "T-7.a_b")), null);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "workspace.work, workspace.start",
    "workspace.rest, workspace.pause",
  })
  void aCommandIsKnownByTheWordThatItHadBefore(String former, String word) {
    var command = RequestParser.command(json("{\"type\":\"" + former + "\"}"));
    assertThat(Json.tree(command).get("type").asText()).isEqualTo(word);
  }

  @ParameterizedTest
  @CsvSource({
    "thing, view",
    "clis, agents.installed",
    "definitions, agents.defined",
    "lessons, lessons.recorded"
  })
  void aQueryIsKnownByTheWordThatItHadBefore(String former, String word) {
    String rest = ",\"topic\":\"task\",\"id\":\"T-1\",\"limit\":3}";
    var query = RequestParser.query(json("{\"type\":\"" + former + "\"" + rest));
    assertThat(Json.tree(query).get("type").asText()).isEqualTo(word);
  }

  @ParameterizedTest
  @ValueSource(strings = {"2400", "2400.0", "\"40m\"", "\"PT40M\"", "\"2400s\""})
  void aDurationIsTakenInSecondsAndAsPeopleWriteIt(String time) {
    var retry =
        (Command.RetryTask)
            RequestParser.command(
                json("{\"type\":\"task.retry\",\"id\":\"T-1\",\"timeout\":" + time + "}"));
    assertThat(retry.timeout()).isEqualTo(Duration.ofMinutes(40));
    assertThat(Json.write(retry)).contains("\"timeout\":2400}");
  }

  @Test
  void aDurationThatIsNoneSaysHowOneIsWritten() {
    var e =
        catchThrowableOfType(
            HiveException.class,
            () ->
                RequestParser.command(
                    json("{\"type\":\"task.retry\",\"id\":\"T-1\",\"timeout\":\"soon\"}")));
    assertThat(e.getMessage()).contains("write a number of seconds, or 500ms, 30s, 20m");
  }

  /** Ledgers of the last release have it so. */
  @Test
  void howLongAGateTookIsReadInMillisecondsToo() {
    var former =
        "{\"gate\":\"g\",\"checkpoint\":\"attempt\",\"outcome\":\"passed\",\"millis\":1500}";
    var gate = Json.read(former, GateViews.GateResult.class);
    assertThat(gate.seconds()).isEqualTo(1.5);
    assertThat(Json.write(gate)).contains("\"seconds\":1.5").doesNotContain("millis");
    assertThat(Json.read(Json.write(gate), GateViews.GateResult.class)).isEqualTo(gate);
  }
}
