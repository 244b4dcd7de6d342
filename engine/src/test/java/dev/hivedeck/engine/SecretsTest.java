package dev.hivedeck.engine;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.view.ChangeViews;
import dev.hivedeck.engine.security.LogEncoder;
import dev.hivedeck.engine.security.SecretValues;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** What an agent gets or prints in confidence is in nothing that is kept or shown. */
class SecretsTest {
  /** As surefire sets it. */
  private static final String PASSED = System.getenv("HIVEDECK_TEST_KEY");

  private static final String AWS = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

  @TempDir Path folder;

  @Test
  void nothingThatIsKeptHoldsASecret() throws Exception {
    var sandbox = new TestRepository(folder);
    sandbox.write(
        ".hivedeck/hive.yaml",
        """
        version: 1
        defaults: { attempts: 1 }
        agents:
          worker:
            driver: command
            run: sh agent.sh
            pass: [HIVEDECK_TEST_KEY]
            env: { SHOP_PASSWORD: tulip-in-the-window }
        gates:
          tests: { run: sh gate.sh, at: [attempt] }
        """);
    sandbox.write(
        "agent.sh",
        """
        env
        printf 'a %s' "$(echo $HIVEDECK_TEST_KEY | cut -c1-9)"; sleep 0.2
        printf '%s b\\n' "$(echo $HIVEDECK_TEST_KEY | cut -c10-)"
        printf '%s' "me:$HIVEDECK_TEST_KEY" | base64
        echo "{\\"hivedeck\\":\\"ask\\",\\"question\\":\\"Is $HIVEDECK_TEST_KEY right?\\",\\"options\\":[\\"yes\\",\\"no $SHOP_PASSWORD\\"]}"
        until grep -q answer "$HIVEDECK_INBOX_FILE"; do sleep 0.05; done
        printf -- '-----BEGIN PRIVATE KEY-----\\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\\n-----END PRIVATE KEY-----\\n'
        echo "aws_secret_access_key=AWS" >&2
        echo $HIVEDECK_TOKEN > ../token
        echo x > f
        """
            .replace("=AWS", "=" + AWS));
    sandbox.write(
        "gate.sh", "echo \"f:1: aws_secret_access_key=" + AWS + "\"; env | grep TOKEN; exit 1\n");
    sandbox.commit("Set up");
    String token;
    try (Engine engine = sandbox.open()) {
      TestRepository.begin(
          engine, "plan: p\ntasks: [{ id: T-1, title: t, agent: worker, prompt: x }]\n", 1);
      TestRepository.await("a question", engine, () -> !TestRepository.decisions(engine).isEmpty());
      var question = TestRepository.decisions(engine).getFirst();
      assertThat(Json.write(question)).doesNotContain(PASSED, "tulip");
      engine.execute(new Command.Decide(question.id(), question.options().getFirst(), null), null);
      TestRepository.await(
          "the end",
          engine,
          () -> TestRepository.task(engine, "T-1").state().toString().equals("DEAD"));
      String log = Json.write(engine.query(new Query.Log("T-1.1", 0, 5_000, false)));
      assertThat(log).contains("HIVEDECK_TEST_KEY=•••", "SHOP_PASSWORD=•••", "a ••• b");
      try (var found = Files.walk(sandbox.home)) {
        Path file =
            found.filter(p -> p.getFileName().toString().equals("token")).findFirst().orElseThrow();
        token = Files.readString(file).strip();
        Files.delete(file);
      }
      assertThat(token).hasSizeGreaterThan(20);
    }
    try (var files = Files.walk(sandbox.home)) {
      for (Path file :
          files.filter(f -> !f.toString().matches(".*/(worktrees|native)/.*")).toList()) {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
            .as(file.toString())
            .isEqualTo(Files.isDirectory(file) ? "rwx------" : "rw-------");
        if (Files.isDirectory(file)) {
          continue;
        }
        String bytes = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        assertThat(bytes).as(file.toString()).doesNotContain(PASSED, token, "MIIEvQIB", AWS);
      }
    }
  }

  /** The name of a file is shown as why a person must approve, and kept with the change. */
  @Test
  void theNameOfAFileTellsNoSecret() throws Exception {
    var sandbox = new TestRepository(folder);
    sandbox.write(
        ".hivedeck/hive.yaml",
        """
        version: 1
        agents: { worker: { driver: command, run: sh agent.sh, pass: [HIVEDECK_TEST_KEY] } }
        gates: { size: { builtin: size, warnBytes: 1B, maxBytes: 9MB } }
        decisions: { default: { human: none } }
        """);
    sandbox.write("agent.sh", "mkdir .github; echo x > .github/$HIVEDECK_TEST_KEY.yml\n");
    sandbox.commit("Set up");
    try (Engine engine = sandbox.open()) {
      TestRepository.begin(
          engine, "plan: p\ntasks: [{ id: T-1, title: t, agent: worker, prompt: x }]\n", 1);
      TestRepository.await("a change", engine, () -> !TestRepository.changes(engine).isEmpty());
      var change = TestRepository.changes(engine).getFirst();
      assertThat(change.risks()).extracting(ChangeViews.Risk::path).contains(".github/•••.yml");
      assertThat(Json.write(change)).doesNotContain(PASSED);
      engine.execute(new Command.ApproveChange(change.id(), null), null);
      TestRepository.await(
          "the merge",
          engine,
          () ->
              TestRepository.changes(engine).getFirst().state() == ChangeViews.ChangeState.MERGED);
    }
    try (var files = Files.walk(sandbox.home)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String bytes = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        assertThat(bytes).as(file.toString()).doesNotContain(PASSED);
      }
    }
  }

  @Test
  void theEnginesOwnLogHoldsNone() throws Exception {
    var secrets = new SecretValues();
    secrets.add(List.of("tulip-in-the-window"));
    LogEncoder.know(secrets);
    try {
      assertThat(logged("with npm_" + "a1B2c3D4e5".repeat(4) + " and a tulip-in-the-window"))
          .contains("with ••• and a •••");
      assertThat(logged("password=hunter2hunter2")).doesNotContain("hunter2");
    } finally {
      LogEncoder.forget(secrets);
    }
  }

  private static String logged(String message) {
    var context = (LoggerContext) LoggerFactory.getILoggerFactory();
    Logger logger = context.getLogger("test");
    var encoder = new LogEncoder();
    encoder.setContext(context);
    encoder.start();
    var event = new LoggingEvent("test", logger, Level.WARN, message, null, null);
    return new String(encoder.encode(event), StandardCharsets.UTF_8);
  }
}
