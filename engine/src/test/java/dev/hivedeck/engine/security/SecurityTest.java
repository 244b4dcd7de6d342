package dev.hivedeck.engine.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.hivedeck.engine.config.Home;
import dev.hivedeck.engine.protocol.HiveException;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecurityTest {
  @TempDir Path folder;

  private static String rights(Path file) throws Exception {
    assumeThat(Files.getFileStore(file).supportsFileAttributeView("posix")).isTrue();
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  @Test
  void dataIsForItsOwnerAlone() throws Exception {
    Path home = folder.resolve("new/home");
    Path workspace = new Home(home).workspace(folder.resolve("my repo"));

    assertThat(rights(home)).isEqualTo("rwx------");
    assertThat(rights(workspace)).isEqualTo("rwx------");
    assertThat(workspace.getFileName().toString()).startsWith("my-repo-");

    Endpoint.write(workspace, new Endpoint("ws://x", "http://x", "secret", 1));
    new Trust(workspace).give("abc", Instant.EPOCH);
    assertThat(rights(workspace.resolve("endpoint.json"))).isEqualTo("rw-------");
    assertThat(rights(workspace.resolve("trust"))).isEqualTo("rw-------");
  }

  @Test
  void aFolderOfOthersKeepsItsRightsButNotWhatIsOurs() throws Exception {
    Path home = Files.createDirectory(folder.resolve("theirs"));
    Files.createFile(home.resolve("their file"));
    Files.createDirectories(home.resolve("workspaces/x"));
    open(home, "rwxr-xr-x");
    open(home.resolve("workspaces"), "rwxr-xr-x");
    open(home.resolve("their file"), "rw-r--r--");

    new Home(home).tighten();

    assertThat(rights(home)).isEqualTo("rwxr-xr-x");
    assertThat(rights(home.resolve("their file"))).isEqualTo("rw-r--r--");
    assertThat(rights(home.resolve("workspaces"))).isEqualTo("rwx------");
  }

  @Test
  void whatOthersCouldReadIsTakenFromThem() throws Exception {
    Path home = Files.createDirectory(folder.resolve("home"));
    Path log = home.resolve("workspaces/shop-1/attempts/T-1.1/log");
    Path code = home.resolve("workspaces/shop-1/worktrees/T-1/run.sh");
    Path linked = Files.createFile(folder.resolve("linked"));
    for (Path file : List.of(log, code, home.resolve("logs/hivedeck.log"))) {
      Files.createDirectories(file.getParent());
      Files.createFile(file);
      open(file, "rw-r--r--");
    }
    open(code, "rwxr-xr-x");
    open(linked, "rw-r--r--");
    Files.createSymbolicLink(home.resolve("workspaces/link"), linked);
    open(home, "rwxr-xr-x");

    new Home(home).tighten();

    assertThat(rights(home)).isEqualTo("rwx------");
    assertThat(rights(log)).isEqualTo("rw-------");
    assertThat(rights(log.getParent())).isEqualTo("rwx------");
    assertThat(rights(home.resolve("logs/hivedeck.log"))).isEqualTo("rw-------");
    assertThat(rights(code.getParent().getParent())).isEqualTo("rwx------");
    assertThat(rights(code)).isEqualTo("rwxr-xr-x");
    assertThat(rights(linked)).isEqualTo("rw-r--r--");
  }

  private static void open(Path file, String rights) throws Exception {
    assumeThat(Files.getFileStore(file).supportsFileAttributeView("posix")).isTrue();
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(rights));
  }

  @Test
  void repositoriesOfTheSameNameHaveTheirOwnFolders() {
    var home = new Home(folder);
    assertThat(home.workspaceFolder(Path.of("/a/shop")))
        .isNotEqualTo(home.workspaceFolder(Path.of("/b/shop")))
        .isEqualTo(home.workspaceFolder(Path.of("/a/./shop")));
    assertThat(home.workspaceFolder(Path.of("/"))).isNotNull();
  }

  @Test
  void tokensDifferAndAreCompared() {
    var seen = new HashSet<String>();
    for (int i = 0; i < 1_000; i++) {
      assertThat(seen.add(Token.random())).isTrue();
    }
    String token = Token.random();
    assertThat(token).hasSizeGreaterThanOrEqualTo(32);
    assertThat(Token.same(token, token + "")).isTrue();
    assertThat(Token.same(token, token + "x")).isFalse();
    assertThat(Token.same(token, "")).isFalse();
    assertThat(Token.same(token, null)).isFalse();
  }

  @Test
  void anEndpointIsFoundOnlyWhileItsEngineLives() throws Exception {
    assertThat(Endpoint.read(folder)).isEmpty();
    var here = new Endpoint("ws://a", "http://b", "secret", ProcessHandle.current().pid());
    Endpoint.write(folder, here);
    assertThat(Endpoint.read(folder)).contains(here);
    assertThat(here.toString()).doesNotContain("secret");

    var gone = new ProcessBuilder(java(), "-version").redirectErrorStream(true).start();
    gone.getInputStream().readAllBytes();
    gone.waitFor();
    Endpoint.write(folder, new Endpoint("ws://a", "http://b", "secret", gone.pid()));
    assertThat(Endpoint.read(folder)).isEmpty();

    Files.writeString(folder.resolve("endpoint.json"), "{ half a fi");
    assertThat(Endpoint.read(folder)).isEmpty();
    Endpoint.remove(folder);
    Endpoint.remove(folder);
  }

  @Test
  void aWorkspaceHasOneEngine() {
    Endpoint.write(folder, new Endpoint("ws://here", "", "t", ProcessHandle.current().pid()));
    var lock = WorkspaceLock.acquire(folder);

    var e = catchThrowableOfType(HiveException.class, () -> WorkspaceLock.acquire(folder));
    assertThat(e.code()).isEqualTo("second-engine");
    assertThat(e.getMessage()).contains("" + ProcessHandle.current().pid(), "ws://here");

    lock.close();
    WorkspaceLock.acquire(folder).close();
  }

  /** Another process takes the lock and is killed: the workspace must not stay locked. */
  @Test
  void aCrashOfTheHolderFreesTheWorkspace() throws Exception {
    Path source = folder.resolve("Hold.java");
    Files.writeString(
        source,
        """
        public class Hold {
          public static void main(String[] args) throws Exception {
            dev.hivedeck.engine.security.WorkspaceLock.acquire(java.nio.file.Path.of(args[0]));
            System.out.println("held");
            System.in.read();
          }
        }
        """);
    var holder =
        new ProcessBuilder(
                java(),
                "-cp",
                System.getProperty("java.class.path"),
                source.toString(),
                folder.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (var out = holder.inputReader()) {
      assertThat(out.readLine()).isEqualTo("held");
      assertThatThrownBy(() -> WorkspaceLock.acquire(folder))
          .hasMessageContaining("Another engine");
    }
    holder.destroyForcibly();
    assertThat(holder.waitFor(30, TimeUnit.SECONDS)).isTrue();
    WorkspaceLock.acquire(folder).close();
  }

  private static String java() {
    return System.getProperty("java.home") + File.separator + "bin" + File.separator + "java";
  }

  @Test
  void consentIsForOneContent() {
    var trust = new Trust(folder);
    assertThat(trust.given("abc")).isFalse();
    trust.give("abc", Instant.EPOCH);
    trust.give("def", Instant.EPOCH);
    assertThat(trust.given("abc")).isTrue();
    assertThat(trust.given("ab")).isFalse();
    assertThat(trust.given("xyz")).isFalse();
    assertThat(new Trust(folder).given("def")).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ghp_0123456789abcdefghij0123456789abcdef",
        "sk-proj-0123456789abcdefghij",
        "sk-ant-api03-0123456789_abcdefghij",
        "AKIAIOSFODNN7EXAMPLE",
        "xoxb-1234567890-abcdef",
        "glpat-0123456789abcdefghij",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl",
      })
  void wellKnownTokensAreMasked(String token) {
    var redactor = new Redactor(Set.of());
    assertThat(redactor.redact("key=" + token + " ok")).isEqualTo("key=••• ok");
    assertThat(redactor.redact("\"" + token + "\",")).isEqualTo("\"•••\",");
  }

  @Test
  void knownSecretsAreMaskedAndPlainTextIsLeft() {
    var redactor = new Redactor(Set.of("hunter22", "hunter22-longer", "ab", ""));
    assertThat(redactor.redact("a hunter22-longer b hunter22 ab")).isEqualTo("a ••• b ••• ab");
    assertThat(redactor.redact("push to https://me:pass@example.org/x"))
        .isEqualTo("push to https://•••@example.org/x");
    assertThat(redactor.redact("Authorization: Bearer abcdefghijklmnop"))
        .isEqualTo("Authorization: Bearer •••");
    String plain = "task-1 risk-assessment-of-the-payment-flow; see https://example.org:8080/a@b";
    assertThat(redactor.redact(plain)).isEqualTo(plain);
  }
}
