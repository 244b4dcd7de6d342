package dev.hivedeck.engine.upgrade;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each way in which the program comes to a machine is known, and how the next version follows. */
class PackageKindTest {
  private static final String JAR = "lib/hivedeck-app-0.1.0.jar";

  @TempDir Path root;

  private ProgramReleases.Program program(String os, String jar, Map<String, String> environment) {
    return ProgramReleases.Program.of("0.1.0", root.resolve(jar), os, root, environment);
  }

  private String installed(ProgramReleases.Program program, Path pack) {
    var kind = program.kind();
    return kind.typed(kind.install(pack, program.place(), root)).replace(root.toString(), "");
  }

  private void exists(String file) throws IOException {
    Files.createDirectories(root.resolve(file).getParent());
    Files.createFile(root.resolve(file));
  }

  @Test
  void ofDebian() throws IOException {
    exists("var/lib/dpkg/info/hivedeck.list");
    var program = program("Linux", "usr/lib/hivedeck/" + JAR, Map.of());
    assertThat(program.kind().system("amd64")).isEqualTo("linux-x86_64-deb");
    assertThat(installed(program, Path.of("/d/new.deb"))).isEqualTo("sudo apt install /d/new.deb");
    assertThat(program.kind().open(Path.of("/d/new.deb")))
        .containsExactly("xdg-open", "/d/new.deb");
  }

  @Test
  void ofFedoraAndOfOpenSuse() throws IOException {
    var program = program("Linux", "usr/lib/hivedeck/" + JAR, Map.of());
    assertThat(program.kind().system("aarch64")).isEqualTo("linux-aarch64-rpm");
    assertThat(installed(program, Path.of("/d/new.rpm")))
        .isEqualTo("sudo zypper install /d/new.rpm");
    exists("usr/bin/dnf");
    assertThat(installed(program, Path.of("/d/new.rpm"))).isEqualTo("sudo dnf install /d/new.rpm");
  }

  @ParameterizedTest
  @CsvSource({
    "opt/hivedeck-0.1.0/lib/hivedeck, /opt",
    "home/me/my programs/renamed/lib/hivedeck, /home/me/my programs",
    "home/me/hivedeck.AppDir/usr/lib/hivedeck, /home/me",
    "home/me/source/app/target/hivedeck, /home/me/source/app/target"
  })
  void anotherTarballComesBesideTheOneThatIsThere(String folder, String beside) {
    var program = program("Linux", folder + "/" + JAR, Map.of());
    assertThat(program.kind().system("x86_64")).isEqualTo("linux-x86_64-tar");
    assertThat(program.kind().install(root.resolve("new.tar.gz"), program.place(), root))
        .containsExactly("tar", "-xzf", root.resolve("new.tar.gz").toString(), "-C", root + beside);
  }

  @Test
  void whatIsTypedUnpacksATarballBesideTheOneThatIsThere() throws Exception {
    var mine = Files.createDirectories(root.resolve("it's mine"));
    exists("it's mine/hivedeck-0.1.0/lib/hivedeck/" + JAR);
    exists("made/hivedeck-0.2.0/lib/hivedeck/lib/hivedeck-app-0.2.0.jar");
    var pack = root.resolve("hivedeck-0.2.0-linux-x86_64.tar.gz");
    run("tar -czf '" + pack + "' -C '" + root.resolve("made") + "' hivedeck-0.2.0");
    var program = program("Linux", "it's mine/hivedeck-0.1.0/lib/hivedeck/" + JAR, Map.of());
    run(program.kind().typed(program.kind().install(pack, program.place(), root)));
    assertThat(mine.toFile().list()).containsExactlyInAnyOrder("hivedeck-0.1.0", "hivedeck-0.2.0");
  }

  private void run(String typed) throws Exception {
    var process = new ProcessBuilder("sh", "-c", typed).inheritIO().start();
    try {
      assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
      assertThat(process.exitValue()).as(typed).isZero();
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void theFileOfAnAppImageIsReplaced() throws Exception {
    exists("home/me/Hivedeck.AppImage");
    var image = root.resolve("home/me/Hivedeck.AppImage");
    var environment =
        Map.of("APPIMAGE", image.toString(), "APPDIR", root.resolve("tmp/.mount_Hive").toString());
    exists("tmp/.mount_Hive/usr/lib/hivedeck/" + JAR);
    var program = program("Linux", "tmp/.mount_Hive/usr/lib/hivedeck/" + JAR, environment);
    assertThat(program.kind().system("amd64")).isEqualTo("linux-x86_64-appimage");
    var pack = Files.writeString(root.resolve("new.AppImage"), "new");
    assertThat(program.kind().open(pack)).containsExactly("xdg-open", root.toString());
    run(program.kind().typed(program.kind().install(pack, program.place(), root)));
    assertThat(image).hasContent("new").isExecutable();
  }

  @Test
  void whatAnotherAppImageHasStartedIsNone() throws IOException {
    exists("var/lib/dpkg/info/hivedeck.list");
    var environment =
        Map.of("APPIMAGE", "/home/me/Editor.AppImage", "APPDIR", "/tmp/.mount_Editor");
    assertThat(program("Linux", "usr/lib/hivedeck/" + JAR, environment).kind())
        .isEqualTo(PackageKind.DEB);
    assertThat(program("Linux", "opt/h/lib/hivedeck/" + JAR, Map.of("APPDIR", "")).kind())
        .isEqualTo(PackageKind.TAR);
  }

  @Test
  void ofMacOs() {
    var program =
        program("Mac OS X", "Applications/hivedeck.app/Contents/app/hivedeck.jar", Map.of());
    assertThat(program.kind().system("aarch64")).isEqualTo("macos-aarch64-dmg");
    assertThat(installed(program, Path.of("/d/it's new.dmg")))
        .isEqualTo("/usr/bin/open '/d/it'\\''s new.dmg'");
  }

  @ParameterizedTest
  @CsvSource({
    "C:\\Users\\Me\\hivedeck-0.2.0.msi, C:\\Users\\Me\\hivedeck-0.2.0.msi",
    "C:\\Users\\ME~1\\hivedeck-0.2.0.msi, C:\\Users\\ME~1\\hivedeck-0.2.0.msi",
    "C:\\Users\\My Name\\new.msi, \"C:\\Users\\My Name\\new.msi\"",
    "C:\\Users\\Me & more\\new.msi, \"C:\\Users\\Me & more\\new.msi\""
  })
  void ofWindowsWhoseTerminalKnowsDoubleQuotesOnly(String pack, String typed) {
    var program = program("Windows 11", "hivedeck/app/hivedeck.jar", Map.of());
    assertThat(program.kind().system("amd64")).isEqualTo("windows-x86_64-msi");
    // A backslash is a letter of a name here, so that it is what it would be there.
    assertThat(installed(program, Path.of(pack))).isEqualTo("msiexec /i " + typed);
  }
}
