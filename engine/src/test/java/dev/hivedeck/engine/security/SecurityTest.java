package dev.hivedeck.engine.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.hivedeck.engine.TestRepository;
import dev.hivedeck.engine.config.ConfigSnapshot;
import dev.hivedeck.engine.config.HivedeckHome;
import dev.hivedeck.engine.protocol.HiveException;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
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
    Path workspace = new HivedeckHome(home).workspace(folder.resolve("my repo"));

    assertThat(rights(home)).isEqualTo("rwx------");
    assertThat(rights(workspace)).isEqualTo("rwx------");
    assertThat(workspace.getFileName().toString()).startsWith("my-repo-");

    EndpointFile.write(workspace, new EndpointFile("ws://x", "http://x", "secret", 1));
    new ConsentStore(workspace).give(ConfigSnapshot.of(null, Map.of(), Map.of()), Instant.EPOCH);
    assertThat(rights(workspace.resolve("endpoint.json"))).isEqualTo("rw-------");
    assertThat(rights(workspace.resolve("consent.json"))).isEqualTo("rw-------");
  }

  @Test
  void aFolderOfOthersKeepsItsRightsButNotWhatIsOurs() throws Exception {
    Path home = Files.createDirectory(folder.resolve("theirs"));
    Files.createFile(home.resolve("their file"));
    Files.createDirectories(home.resolve("workspaces/x"));
    open(home, "rwxr-xr-x");
    open(home.resolve("workspaces"), "rwxr-xr-x");
    open(home.resolve("their file"), "rw-r--r--");

    new HivedeckHome(home).tighten();

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

    new HivedeckHome(home).tighten();

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
    var home = new HivedeckHome(folder);
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
    assertThat(EndpointFile.read(folder)).isEmpty();
    var here = new EndpointFile("ws://a", "http://b", "secret", ProcessHandle.current().pid());
    EndpointFile.write(folder, here);
    assertThat(EndpointFile.read(folder)).contains(here);
    assertThat(here.toString()).doesNotContain("secret");

    var gone = new ProcessBuilder(java(), "-version").redirectErrorStream(true).start();
    gone.getInputStream().readAllBytes();
    gone.waitFor();
    EndpointFile.write(folder, new EndpointFile("ws://a", "http://b", "secret", gone.pid()));
    assertThat(EndpointFile.read(folder)).isEmpty();

    Files.writeString(folder.resolve("endpoint.json"), "{ half a fi");
    assertThat(EndpointFile.read(folder)).isEmpty();
    EndpointFile.remove(folder);
    EndpointFile.remove(folder);
  }

  @Test
  void aWorkspaceHasOneEngine() {
    EndpointFile.write(
        folder, new EndpointFile("ws://here", "", "t", ProcessHandle.current().pid()));
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
    assertThat(holder.waitFor(60, TimeUnit.SECONDS)).isTrue();
    WorkspaceLock.acquire(folder).close();
  }

  private static String java() {
    return System.getProperty("java.home") + File.separator + "bin" + File.separator + "java";
  }

  private static final ConfigSnapshot CONSENTED =
      ConfigSnapshot.of("agents: { a: { run: x } }", Map.of(), Map.of());

  @Test
  void consentIsKeptWholeAndTheLatestCounts() {
    var store = new ConsentStore(folder);
    assertThat(store.read()).isEqualTo(new ConsentStore.StoredConsent(null, null, null));
    store.give(ConfigSnapshot.of("agents: { b: { run: y } }", Map.of(), Map.of()), Instant.EPOCH);
    store.give(CONSENTED, Instant.EPOCH);

    var storedConsent = new ConsentStore(folder).read();

    assertThat(storedConsent.snapshot().hive()).isEqualTo(CONSENTED.hive());
    assertThat(storedConsent.snapshot().digest()).isEqualTo(CONSENTED.digest());
    assertThat(storedConsent.at()).isEqualTo(Instant.EPOCH);
    assertThat(storedConsent.trouble()).isNull();
  }

  /** What is not as it was written counts for nothing, and says why. */
  @ParameterizedTest
  @ValueSource(strings = {"folder", "pipe", "empty", "cut", "edited", "other version", "no bytes"})
  void aConsentThatCannotBeReadIsNone(String how) throws Exception {
    var store = new ConsentStore(folder);
    store.give(CONSENTED, Instant.EPOCH);
    Path file = folder.resolve("consent.json");
    String text = Files.readString(file);
    switch (how) {
      case "folder" -> {
        Files.delete(file);
        Files.createDirectory(file);
      }
      case "pipe" -> {
        Files.delete(file);
        TestRepository.run(folder, "mkfifo", file.toString());
      }
      case "empty" -> Files.writeString(file, "");
      case "cut" -> Files.writeString(file, text.substring(0, text.length() / 2));
      case "edited" -> Files.writeString(file, text.replace("run: x", "run: z"));
      case "other version" ->
          Files.writeString(file, text.replace("\"version\":1", "\"version\":9"));
      default -> Files.write(file, new byte[] {(byte) 0xff, 0, (byte) 0xc3});
    }

    var storedConsent = store.read();

    assertThat(storedConsent.snapshot()).isNull();
    assertThat(storedConsent.trouble()).isNotBlank();
  }

  @Test
  void aConsentOfAnEarlierVersionIsAskedForAgainAndSaysWhy() throws Exception {
    Files.writeString(folder.resolve("trust"), "abc 1970-01-01T00:00:00Z\n");
    var store = new ConsentStore(folder);
    assertThat(store.read().trouble()).contains("earlier version");
    store.give(CONSENTED, Instant.EPOCH);
    assertThat(store.read().trouble()).isNull();
    assertThat(folder.resolve("trust")).doesNotExist();
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
