package dev.hivedeck.engine.agent.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hivedeck.engine.config.edit.ConfigProposal;
import dev.hivedeck.engine.protocol.Discovery.Cli;
import dev.hivedeck.engine.protocol.Discovery.CliState;
import dev.hivedeck.engine.protocol.Discovery.Clis;
import dev.hivedeck.engine.protocol.Discovery.SignIn;
import dev.hivedeck.engine.protocol.HiveException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Programs that print, hang and fail, asked through real processes. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the programs here are shell scripts")
class CliScanTest {
  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir Path folder;
  private Path home;
  private Path bin;
  private final Map<String, String> environment = new HashMap<>();

  @BeforeEach
  void home() throws IOException {
    home = Files.createDirectories(folder.resolve("a home"));
    bin = Files.createDirectories(folder.resolve("their bin's"));
    environment.put("PATH", bin + ":/usr/bin:/bin");
  }

  private void program(String name, String script) throws IOException {
    Path file = Files.writeString(bin.resolve(name), "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
  }

  private void inHome(String file, String text) throws IOException {
    Path path = home.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  private Map<String, Cli> look(Duration patience) throws InterruptedException {
    return look(patience, "Linux");
  }

  private Map<String, Cli> look(Duration patience, String system) throws InterruptedException {
    var host = new HostEnvironment(environment, home, system);
    return new CliScan(host, patience, Clock.systemUTC())
        .look().clis().stream().collect(Collectors.toMap(Cli::id, c -> c));
  }

  @Test
  void whatIsInstalledTellsItsVersionAndWhereItIs() throws Exception {
    program("codex", "echo 'codex-cli 0.58.0'");
    program("claude", "echo '2.1.4 (Claude Code)'");
    program("goose", "echo ' 1.9.3' >&2");
    inHome(".codex/auth.json", "{}");
    var clis = look(LONG);
    assertThat(clis.get("codex"))
        .returns("0.58.0", Cli::version)
        .returns(bin.resolve("codex").toString(), Cli::path)
        .returns(CliState.READY, Cli::state)
        .returns(SignIn.YES, Cli::signIn)
        .returns("~/.codex/auth.json is there", Cli::evidence)
        .returns("codex", Cli::driver)
        .returns(null, Cli::run)
        .returns(null, Cli::remedy);
    assertThat(clis.get("claude").version()).isEqualTo("2.1.4");
    assertThat(clis.get("goose"))
        .returns("1.9.3", Cli::version)
        .returns("command", Cli::driver)
        .returns("goose run --no-session --instructions -", Cli::run);
  }

  @Test
  void whatIsMissingTellsHowToGetIt() throws Exception {
    environment.put("PATH", bin + "::relative:" + folder.resolve("nowhere"));
    Files.createDirectories(bin.resolve("codex")); // a folder is no program
    Files.writeString(bin.resolve("claude"), "not executable");
    var clis = look(LONG);
    assertThat(clis).hasSameSizeAs(KnownCli.ALL);
    assertThat(clis.values())
        .allSatisfy(
            cli -> {
              assertThat(cli.state()).isEqualTo(CliState.MISSING);
              assertThat(cli.path()).isNull();
              assertThat(cli.remedy()).startsWith("Install ");
            });
  }

  @Test
  void whoIsChosenAndMissingIsProposedAsSuch() throws Exception {
    program("codex", "echo 'codex-cli 0.58.0'");
    environment.put("PATH", bin.toString());
    var clis = new Clis(List.copyOf(look(LONG).values()), Instant.EPOCH);
    assertThat(ConfigProposal.of(folder, CliScan.chosen(() -> clis, "gemini", null)))
        .contains("Gemini CLI is not installed: Install ")
        .doesNotContain("is installed");
    assertThat(ConfigProposal.of(folder, CliScan.chosen(() -> clis, "codex", null)))
        .contains("is installed; hivedeck doctor");
    assertThatThrownBy(() -> CliScan.chosen(() -> clis, null, "  "))
        .isInstanceOf(HiveException.class)
        .hasMessage("The command is blank.");
  }

  @Test
  void howToGetItFitsThePlatformAndWhatIsThere() throws Exception {
    environment.put("PATH", bin.toString());
    assertThat(look(LONG).get("codex").remedy())
        .isEqualTo("Install Node.js (nodejs.org), then: npm install -g @openai/codex");
    program("npm", "");
    assertThat(look(LONG).get("codex").remedy())
        .isEqualTo("Install it: npm install -g @openai/codex");
    assertThat(look(LONG, "Mac OS X").get("goose").remedy()).contains("brew install");
    for (String system : List.of("Linux", "Windows 11")) {
      assertThat(look(LONG, system).values())
          .allSatisfy(cli -> assertThat(cli.remedy()).doesNotContain("brew"));
    }
    assertThat(look(LONG, "Windows 11").values())
        .allSatisfy(cli -> assertThat(cli.remedy()).doesNotContain("| bash"));
  }

  @Test
  void oneThatIsElsewhereIsAskedThere() throws Exception {
    program("my-codex", "echo 'codex-cli 0.169.0'");
    var scan =
        new CliScan(new HostEnvironment(environment, home, "Linux"), LONG, Clock.systemUTC());
    assertThat(scan.look("codex", bin.resolve("my-codex")))
        .returns("0.169.0", Cli::version)
        .returns(bin.resolve("my-codex").toString(), Cli::path);
    var there = new HostEnvironment(environment, home, "Linux");
    assertThat(there.program("my-codex", folder)).contains(bin.resolve("my-codex"));
    assertThat(there.program("their bin's/my-codex", folder)).contains(bin.resolve("my-codex"));
    assertThat(there.program("./my-codex", folder)).isEmpty();
  }

  @Test
  void oneThatIsTooOldIsToBeUpdated() throws Exception {
    program("claude", "echo '2.0.58 (Claude Code)'");
    inHome(".claude/.credentials.json", "{}");
    var clis = look(LONG);
    assertThat(clis.get("claude").state()).isEqualTo(CliState.OUTDATED);
    assertThat(clis.get("claude").remedy()).contains("2.0.59", "npm install");
  }

  @Test
  void signInIsSeenByFilesAndVariablesAndElseIsUnknown() throws Exception {
    for (var cli : KnownCli.ALL) {
      program(cli.id(), "echo 9.9.9");
    }
    var clis = look(LONG);
    assertThat(clis.get("codex"))
        .returns(CliState.SIGNED_OUT, Cli::state)
        .returns(SignIn.NO, Cli::signIn)
        .returns("Sign in: codex login", Cli::remedy);
    assertThat(clis.get("claude").state()).isEqualTo(CliState.SIGNED_OUT);
    assertThat(clis.get("gemini"))
        .returns(CliState.READY, Cli::state)
        .returns(SignIn.UNKNOWN, Cli::signIn);
    assertThat(look(LONG, "Mac OS X").get("claude").signIn())
        .as("it may be in the keychain")
        .isEqualTo(SignIn.UNKNOWN);

    inHome("elsewhere/auth.json", "{}");
    environment.put("CODEX_HOME", home.resolve("elsewhere").toString());
    inHome(".claude/settings.json", "{\"apiKeyHelper\": \"/bin/key\"}");
    inHome("data/opencode/auth.json", "{}");
    environment.put("XDG_DATA_HOME", home.resolve("data").toString());
    environment.put("GEMINI_API_KEY", "a-secret-nobody-sees");
    environment.put("AMP_API_KEY", " ");
    clis = look(LONG);
    assertThat(clis.get("codex"))
        .returns(SignIn.YES, Cli::signIn)
        .returns("$CODEX_HOME/auth.json is there", Cli::evidence)
        .returns(List.of("CODEX_HOME"), Cli::pass);
    assertThat(clis.get("claude").signIn()).isEqualTo(SignIn.UNKNOWN);
    assertThat(clis.get("opencode").evidence())
        .isEqualTo("$XDG_DATA_HOME/opencode/auth.json is there");
    assertThat(clis.get("gemini"))
        .returns("GEMINI_API_KEY is set", Cli::evidence)
        .returns(List.of("GEMINI_API_KEY"), Cli::pass);
    assertThat(clis.get("amp").signIn()).isEqualTo(SignIn.UNKNOWN);
    assertThat(clis.toString()).doesNotContain("a-secret-nobody-sees");
  }

  @Test
  void oneThatHangsIsGivenUpWithAllItStarted() throws Exception {
    program(
        "amp", "echo $$ > '" + home + "/pid'; sleep 300 & echo $! > '" + home + "/child'; wait");
    program("codex", "echo 1.0.0");
    var clis = look(Duration.ofSeconds(2));
    assertThat(clis.get("amp"))
        .returns(CliState.BROKEN, Cli::state)
        .returns(null, Cli::version)
        .satisfies(c -> assertThat(c.remedy()).contains("within 2 s", "amp --version"));
    assertThat(clis.get("codex").version()).isEqualTo("1.0.0");
    for (String file : List.of("pid", "child")) {
      long pid = Long.parseLong(Files.readString(home.resolve(file)).strip());
      // One that ended and that nobody has asked for its end has no command any more.
      assertThat(ProcessHandle.of(pid).flatMap(p -> p.info().command())).isEmpty();
    }
  }

  @Test
  void oneThatFailsOrSaysNothingUsefulIsBrokenAndSaysWhy() throws Exception {
    program("codex", "echo 'node: not found' >&2; exit 127");
    program("claude", "echo 'welcome'");
    program("aider", "echo 'aider 0.86.1'; sleep 300 & exit 0");
    program("opencode", "yes 'no end of words' | head -c 40000000; exit 3");
    var clis = look(LONG);
    assertThat(clis.get("codex").remedy()).contains("ended with 127: node: not found.");
    assertThat(clis.get("claude"))
        .returns(CliState.BROKEN, Cli::state)
        .satisfies(c -> assertThat(c.remedy()).contains("no number"));
    assertThat(clis.get("aider").version())
        .as("what it left running holds its output open")
        .isEqualTo("0.86.1");
    assertThat(clis.get("opencode").remedy()).contains("ended with 3").hasSizeLessThan(300);
  }

  @Test
  void allAreAskedAtOnce() throws Exception {
    // Each waits for the other: one after the other, neither would ever answer.
    program(
        "codex",
        "touch '" + home + "/a'; while [ ! -e '" + home + "/b' ]; do sleep 0.05; done; echo 1.0");
    program(
        "claude",
        "touch '" + home + "/b'; while [ ! -e '" + home + "/a' ]; do sleep 0.05; done; echo 3.0");
    var clis = look(LONG);
    assertThat(clis.get("codex").version()).isEqualTo("1.0");
    assertThat(clis.get("claude").version()).isEqualTo("3.0");
  }

  @Test
  void noneInheritsMoreThanItNeeds() throws Exception {
    program("codex", "env | cut -d= -f1 | sort > '" + home + "/names'; echo 1.0");
    environment.put("CODEX_API_KEY", "secret");
    environment.put("AWS_SECRET_ACCESS_KEY", "secret");
    look(LONG);
    try (Stream<String> names = Files.lines(home.resolve("names"))) {
      assertThat(names.toList())
          .contains("PATH", "HOME")
          .noneMatch(n -> n.contains("KEY") && !n.startsWith("HIVEDECK"));
    }
  }

  @Test
  void versionsAreFoundAmongWordsAndComparedByNumbers() {
    assertThat(ProgramVersion.in("aider 0.86.1")).contains(new ProgramVersion("0.86.1"));
    assertThat(ProgramVersion.in("2025.09.18-7ae6800"))
        .contains(new ProgramVersion("2025.09.18-7ae6800"));
    assertThat(ProgramVersion.in("tool v1.2.3-beta.4 (linux x64)"))
        .contains(new ProgramVersion("1.2.3-beta.4"));
    assertThat(ProgramVersion.in("0.0.1758182400-g5e5a05 (released 3 days ago)"))
        .contains(new ProgramVersion("0.0.1758182400-g5e5a05"));
    assertThat(ProgramVersion.in("no version in x86_64")).isEmpty();
    assertThat(new ProgramVersion("2.0.59")).isGreaterThan(new ProgramVersion("2.0.9"));
    assertThat(new ProgramVersion("2.1")).isGreaterThan(new ProgramVersion("2.0.59"));
    assertThat(new ProgramVersion("1.0").compareTo(new ProgramVersion("1.0.0-rc1"))).isZero();
  }
}
