package dev.hivedeck.app.cli.upgrade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.SimpleFileServer;
import dev.hivedeck.app.cli.CliRunner;
import dev.hivedeck.engine.Engine;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.reflect.InvocationTargetException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the release workflow signs is what an installed program is told, and nothing else is. */
class UpgradeTest {
  private static final Path PROJECT = Path.of("").toAbsolutePath().getParent();

  @TempDir static Path classes;
  @TempDir Path folder;
  private Path site;
  private HttpServer server;
  private String base;

  @BeforeEach
  void aServer() throws IOException {
    site = folder.resolve("site");
    Files.createDirectories(site.resolve("stable"));
    var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    server = SimpleFileServer.createFileServer(address, site, SimpleFileServer.OutputLevel.NONE);
    server.start();
    base = "http://127.0.0.1:" + server.getAddress().getPort() + "/";
    System.setProperty("hivedeck.home", folder.resolve("home").toString());
    System.setProperty("hivedeck.releases", base);
  }

  @AfterEach
  void close() {
    server.stop(0);
    System.clearProperty("hivedeck.releases");
    System.clearProperty("hivedeck.releases.keys");
  }

  /** As {@code installers/latest} does at each start. */
  @BeforeAll
  static void compile() throws IOException {
    var source = PROJECT.resolve("installers/Latest.java").toString();
    var compiled = run(builder("javac", List.of("-d", classes.toString(), source)));
    assertThat(compiled.status()).as(compiled.said()).isZero();
  }

  private record Ended(int status, String said) {}

  private Ended latest(String key, String... arguments) throws IOException {
    var command = new ArrayList<>(List.of("-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-cp", classes.toString(), "Latest"));
    command.addAll(List.of(arguments));
    var builder = builder("java", command);
    builder.environment().put("HIVEDECK_RELEASE_KEY", key);
    return run(builder);
  }

  private static ProcessBuilder builder(String tool, List<String> arguments) {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", tool).toString());
    command.addAll(arguments);
    return new ProcessBuilder(command).directory(PROJECT.toFile());
  }

  private static Ended run(ProcessBuilder builder) throws IOException {
    Path said = Files.createTempFile(classes, "said", "");
    var process = builder.redirectErrorStream(true).redirectOutput(said.toFile()).start();
    try {
      assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
      return new Ended(process.exitValue(), Files.readString(said));
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    } finally {
      process.destroyForcibly();
    }
  }

  /** Publishes a version, as the release workflow does, and answers with the private key. */
  private String publish(String version) throws IOException {
    Path secret = folder.resolve("key-" + version);
    var made = latest("", "--new-key", secret.toString());
    assertThat(made.status()).as(made.said()).isZero();
    Path keys = folder.resolve("keys.txt");
    Files.writeString(keys, made.said());
    System.setProperty("hivedeck.releases.keys", keys.toString());
    Path notes = folder.resolve("notes.md");
    Files.writeString(notes, "### Added\n\n- \"Quoted\" \\ and größer.\u001b[31m\n");
    var packages = new ArrayList<String>();
    for (String name :
        List.of(
            "hivedeck-%s-linux-x86_64.tar.gz",
            "hivedeck-%s-linux-aarch64.tar.gz",
            "hivedeck_%s-1_amd64.deb",
            "hivedeck-%s.dmg",
            "hivedeck-%s.msi")) {
      // The publisher has them elsewhere; the server that is asked here is a mirror.
      Path pack = site.resolve("stable").resolve(name.formatted(version));
      Files.writeString(pack, "package " + name);
      packages.add(pack.toString());
    }
    var arguments =
        new ArrayList<>(
            List.of(
                "--channel",
                "stable",
                "--version",
                version,
                "--notes",
                notes.toString(),
                "--base",
                "https://example.org/releases/",
                "--keys",
                keys.toString(),
                "--out",
                site.toString()));
    arguments.addAll(packages);
    String key = Files.readString(secret);
    var signed = latest(key, arguments.toArray(String[]::new));
    assertThat(signed.status()).as(signed.said()).isZero();
    return key;
  }

  @Test
  void aNewVersionIsShownAndDownloadedAndHowItIsInstalledIsSaid() throws IOException {
    publish("99.0.0");
    var shown = CliRunner.type("upgrade", "--check");
    assertThat(shown.err()).isEmpty();
    assertThat(shown.status()).isZero();
    assertThat(shown.out())
        .contains("Hivedeck 99.0.0 is out")
        .contains(Engine.VERSION + " is installed")
        .contains("- \"Quoted\" \\ and größer.")
        .contains("hivedeck upgrade")
        .doesNotContain("\u001b");
    assertThat(folder.resolve("home/upgrades/packages")).doesNotExist();

    var got = CliRunner.type("upgrade", "--json").json();
    assertThat(got.path("relation").asText()).isEqualTo("newer");
    assertThat(Path.of(got.path("file").asText())).exists();
    assertThat(got.path("install").isArray()).isTrue();

    var said = CliRunner.type("upgrade");
    assertThat(said.status()).isZero();
    assertThat(said.out()).contains("what the project has signed").contains("hivedeck stop");
  }

  @Test
  void theSameAndAnOlderVersionAreNotDownloaded() throws IOException {
    publish(Engine.VERSION);
    assertThat(CliRunner.type("upgrade").out())
        .contains("Hivedeck " + Engine.VERSION + " is the latest version");
    publish("0.0.1");
    // The one before was told of at the same second or earlier: it is no replay.
    var older = CliRunner.type("upgrade");
    assertThat(older.status()).isZero();
    assertThat(older.out()).contains("newer than 0.0.1");
    assertThat(folder.resolve("home/upgrades/packages")).doesNotExist();
  }

  @Test
  void whatIsNotSignedOrNotThereIsRefusedWithAStatusOfItsOwn() throws IOException {
    assertThat(CliRunner.type("upgrade").err()).contains("no key");
    assertThat(CliRunner.type("upgrade").status()).isEqualTo(3);
    publish("99.0.0");
    Path document = site.resolve("stable/latest.signed");
    Files.writeString(document, Files.readString(document).replace("99.0.0", "98.0.0"));
    var tampered = CliRunner.type("upgrade", "--json");
    assertThat(tampered.status()).isEqualTo(3);
    assertThat(tampered.json().at("/error/code").asText()).isEqualTo("signature-wrong");
    assertThat(CliRunner.type("upgrade", "--channel", "preview").err()).contains("status 404");
    assertThat(CliRunner.type("upgrade", "--channel", "nightly").err())
        .contains("There is no channel \"nightly\"");
    server.stop(0);
    var offline = CliRunner.type("upgrade", "--check");
    assertThat(offline.status()).isEqualTo(1);
    assertThat(offline.err()).contains("nothing listens there").contains("online");
    System.setProperty("hivedeck.releases", "http://example.org/");
    assertThat(CliRunner.type("upgrade").err()).contains("no https address");
  }

  @Test
  void whoSignsWithAnotherKeyThanProgramsKnowIsStopped() throws IOException {
    String former = publish("99.0.0");
    publish("99.0.1");
    var wrong =
        latest(
            former,
            "--channel",
            "stable",
            "--version",
            "99.0.2",
            "--notes",
            folder.resolve("notes.md").toString(),
            "--base",
            base,
            "--keys",
            folder.resolve("keys.txt").toString(),
            "--out",
            site.toString(),
            site.resolve("stable/hivedeck-99.0.1.msi").toString());
    assertThat(wrong.status()).isEqualTo(2);
    assertThat(wrong.said()).contains("no program would believe it").doesNotContain(former.strip());
    assertThat(Files.readString(site.resolve("stable/latest.signed"))).contains("99.0.1");
  }

  /** What is said to these arguments, in this process: there are many. */
  private static String refused(List<String> arguments) throws Exception {
    try (var loader = new URLClassLoader(new URL[] {classes.toUri().toURL()})) {
      var made = loader.loadClass("Latest").getDeclaredConstructor(String[].class);
      made.setAccessible(true);
      var write = made.getDeclaringClass().getDeclaredMethod("write");
      write.setAccessible(true);
      var latest = made.newInstance((Object) arguments.toArray(String[]::new));
      var failure = catchThrowable(() -> write.invoke(latest));
      assertThat(failure).as(arguments.toString()).isInstanceOf(InvocationTargetException.class);
      return failure.getCause().getMessage();
    }
  }

  @Test
  void whatProgramsWouldRefuseIsNotSigned() throws Exception {
    publish("99.0.0");
    Path told = site.resolve("stable/latest.signed");
    String before = Files.readString(told);
    Path good = site.resolve("stable/hivedeck-99.0.0.msi");
    Path empty = Files.createFile(folder.resolve("hivedeck-1.0.0.msi"));
    Path spaced = Files.copy(good, folder.resolve("hivedeck 1.0.0.msi"));
    Path hidden = Files.copy(good, folder.resolve(".hivedeck.msi"));
    Path large = folder.resolve("hivedeck-1.0.1.msi");
    try (var file = new RandomAccessFile(large.toFile(), "rw")) {
      file.setLength((2L << 30) + 1); // A hole: it takes no room.
    }
    Path tooLong = Files.writeString(folder.resolve("long.md"), "more and more ".repeat(80_000));
    var refusals = new LinkedHashMap<List<String>, String>();
    refusals.put(List.of("--version", "1.02.3", good.toString()), "no version");
    refusals.put(List.of("--version", "1000000.0.0", good.toString()), "no version");
    refusals.put(List.of("--host", "GitHub.com", good.toString()), "small letters");
    refusals.put(List.of("--date", "1 December", good.toString()), "no date");
    refusals.put(List.of("--base", "https://a b/", good.toString()), "cannot be a base");
    refusals.put(List.of("--base", "https:///x/", good.toString()), "cannot be a base");
    refusals.put(List.of("--base", "https://me@a.example/", good.toString()), "cannot be a base");
    refusals.put(List.of("--base", "http://localhost.a.example/", good.toString()), "a base");
    refusals.put(List.of("--notes", tooLong.toString(), good.toString()), "Shorten the notes");
    refusals.put(List.of(empty.toString()), "has 0 bytes");
    refusals.put(List.of(large.toString()), "has 2147483649 bytes");
    refusals.put(List.of(spaced.toString()), "cannot be the name of a package");
    refusals.put(List.of(hidden.toString()), "cannot be the name of a package");
    refusals.put(List.of(folder + "/none.msi"), "There is no file");
    for (var refusal : refusals.entrySet()) {
      var arguments =
          new ArrayList<>(
              List.of(
                  "--channel",
                  "stable",
                  "--version",
                  "99.0.1",
                  "--notes",
                  folder.resolve("notes.md").toString(),
                  "--base",
                  base,
                  "--keys",
                  folder.resolve("keys.txt").toString(),
                  "--out",
                  site.toString()));
      arguments.addAll(refusal.getKey());
      assertThat(refused(arguments))
          .as("what, and what to do: %s", refusal.getKey())
          .contains(refusal.getValue())
          .hasLineCount(2);
    }
    var ended = latest("", "--new-key", folder.resolve("none/key").toString());
    assertThat(ended.said()).contains("There is no ").doesNotContain("\tat ");
    assertThat(ended.status()).isEqualTo(2);
    assertThat(told).hasContent(before);
  }
}
