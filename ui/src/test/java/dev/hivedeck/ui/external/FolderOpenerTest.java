package dev.hivedeck.ui.external;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hivedeck.engine.protocol.HiveException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Programs are looked for in a folder of the test's own. */
@DisabledOnOs(OS.WINDOWS) // its programs are files that may be executed
class FolderOpenerTest {
  @TempDir Path folder;
  private final Map<String, String> environment = new HashMap<>();
  private Path bin;
  private Path worktree;

  @BeforeEach
  void prepare() throws IOException {
    bin = Files.createDirectories(folder.resolve("bin"));
    worktree = Files.createDirectories(folder.resolve("-a wörk tree;$(x)"));
    environment.put("PATH", bin.toString());
    environment.put("DISPLAY", ":0");
  }

  private String program(String name) throws IOException {
    var file = Files.writeString(bin.resolve(name), "#!/bin/sh\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    return file.toString();
  }

  private ProgramSearch search(String system) {
    return new ProgramSearch(environment, system, folder, List.of(folder.resolve("Applications")));
  }

  private FolderOpener opener(String setting, boolean here) {
    return new FolderOpener(search("Linux"), setting, here);
  }

  private List<String> command(OpenTarget target) {
    return opener("", false).plan(target, worktree, null, null).command();
  }

  @Test
  void anEditorWithAWindowIsTakenBeforeOneInATerminal() throws IOException {
    program("vim");
    program("xterm");
    String code = program("code");
    assertThat(command(OpenTarget.EDITOR)).containsExactly(code, worktree.toString());
  }

  @Test
  void whatThePersonSetComesFirstAndItsQuotedWordsStay() throws IOException {
    program("code");
    String zed = program("zed");
    assertThat(
            opener("zed --new 'a b'", false)
                .plan(OpenTarget.EDITOR, worktree, null, null)
                .command())
        .containsExactly(zed, "--new", "a b", worktree.toString());
    environment.put("HIVEDECK_EDITOR", "code");
    assertThat(opener("zed", false).plan(OpenTarget.EDITOR, worktree, null, null).program())
        .isEqualTo("Visual Studio Code");
    assertThat(opener("", false).plan(OpenTarget.EDITOR, worktree, null, "Zed").command())
        .containsExactly(zed, worktree.toString());
  }

  @Test
  void theEnvironmentNamesAnEditorAmongThoseOfItsKind() throws IOException {
    program("code");
    String subl = program("subl");
    String vim = program("vim");
    environment.put("EDITOR", "subl --wait");
    assertThat(command(OpenTarget.EDITOR)).containsExactly(subl, "--wait", worktree.toString());
    environment.put("EDITOR", "vim");
    assertThat(command(OpenTarget.EDITOR)).doesNotContain(vim);
    environment.remove("DISPLAY");
    assertThat(opener("", true).plan(OpenTarget.EDITOR, worktree, null, null))
        .isEqualTo(new ProgramStart("Vim", List.of(vim, worktree.toString()), worktree, true));
  }

  @Test
  void anEditorOfTheTerminalGetsOneWhereThereIsNoneToTake() throws IOException {
    String vim = program("vim");
    String konsole = program("konsole");
    assertThat(command(OpenTarget.EDITOR))
        .containsExactly(konsole, "--workdir", worktree.toString(), "-e", vim, worktree.toString());
  }

  @Test
  void aFileIsGivenWithItsFolderToAWindowAndAloneToATerminal() throws IOException {
    var file = Files.writeString(worktree.resolve("-rf x.txt"), "");
    String code = program("code");
    assertThat(opener("", true).plan(OpenTarget.EDITOR, worktree, file, null).command())
        .containsExactly(code, worktree.toString(), file.toString());
    String nano = program("nano");
    assertThat(opener("", true).plan(OpenTarget.EDITOR, worktree, file, "nano").command())
        .containsExactly(nano, file.toString());
  }

  @Test
  void whatOpensFilesOnlyIsNeverGivenAFolder() throws IOException {
    program("nano");
    assertThatThrownBy(() -> command(OpenTarget.EDITOR))
        .isInstanceOf(HiveException.class)
        .hasMessageContaining("No editor was found");
    assertThatThrownBy(() -> opener("nano", true).plan(OpenTarget.EDITOR, worktree, null, null))
        .hasMessageContaining("nano opens files, not folders");
  }

  @Test
  void aNameThatIsNoProgramIsRefusedWithItsPlaceAndWhatThereIs() throws IOException {
    program("code");
    assertThatThrownBy(() -> opener("nonesuch -x", false).planOrShow(worktree, null))
        .isInstanceOfSatisfying(
            HiveException.class,
            e -> {
              assertThat(e.fault().message()).contains("nonesuch", "the setting \"editor\"");
              assertThat(e.fault().hint()).contains("Visual Studio Code");
            });
    assertThatThrownBy(
            () -> opener("", false).plan(OpenTarget.EDITOR, worktree, null, "../bin/code"))
        .hasMessageContaining("--editor");
  }

  @Test
  void aRepositoryOnThePathChoosesNothing() throws IOException {
    environment.put("PATH", ":.:target:bin");
    program("code");
    assertThatThrownBy(() -> command(OpenTarget.EDITOR)).hasMessageContaining("No editor");
  }

  @Test
  void eachTerminalBeginsInTheFolder() throws IOException {
    environment.put("SHELL", "/bin/sh");
    for (var terminal :
        List.of(
            "xterm",
            "xfce4-terminal",
            "konsole",
            "gnome-terminal",
            "foot",
            "alacritty",
            "wezterm",
            "kitty",
            "ghostty",
            "x-terminal-emulator")) {
      String place = program(terminal);
      var start = opener("", true).plan(OpenTarget.TERMINAL, worktree, null, null);
      assertThat(start.command().getFirst()).isEqualTo(place);
      assertThat(start.folder()).isEqualTo(worktree);
      assertThat(start.here()).isFalse();
      if (start.command().size() > 1) {
        assertThat(start.command().getLast()).endsWith(worktree.toString());
      }
    }
    environment.put("TERMINAL", "xterm -fs 12");
    assertThat(command(OpenTarget.TERMINAL))
        .containsExactly(bin.resolve("xterm").toString(), "-fs", "12");
  }

  @Test
  void withoutAWindowTheTerminalIsTheOneThatOneSitsAt() throws IOException {
    environment.remove("DISPLAY");
    program("xterm");
    environment.put("SHELL", program("fish"));
    assertThat(opener("", true).plan(OpenTarget.TERMINAL, worktree, null, null))
        .isEqualTo(
            new ProgramStart(
                bin.resolve("fish").toString(),
                List.of(bin.resolve("fish").toString()),
                worktree,
                true));
    assertThatThrownBy(() -> command(OpenTarget.TERMINAL)).hasMessageContaining("No terminal");
    environment.put("TMUX", "/tmp/tmux-1/default,1,0");
    String tmux = program("tmux");
    assertThat(opener("", true).plan(OpenTarget.TERMINAL, worktree, null, null).command())
        .containsExactly(tmux, "new-window", "-c", worktree.toString());
  }

  @Test
  void theDesktopShowsTheFolderWhereThereIsNoEditor() throws IOException {
    String opens = program("xdg-open");
    var file = Files.writeString(worktree.resolve("run.sh"), "");
    assertThat(opener("", false).planOrShow(worktree, file).command())
        .containsExactly(opens, worktree.toString());
    assertThat(command(OpenTarget.FILES)).containsExactly(opens, worktree.toString());
    environment.remove("DISPLAY");
    assertThatThrownBy(() -> command(OpenTarget.FILES)).hasMessageContaining("DISPLAY");
  }

  @Test
  void onMacApplicationsAreFoundAsWell() throws IOException {
    var app = Files.createDirectories(folder.resolve("Applications/Zed.app"));
    var opener = new FolderOpener(search("Mac OS X"), "", false);
    assertThat(opener.plan(OpenTarget.EDITOR, worktree, null, null).command())
        .containsExactly("/usr/bin/open", "-a", app.toString(), worktree.toString());
    assertThat(opener.plan(OpenTarget.TERMINAL, worktree, null, null).command())
        .containsExactly("/usr/bin/open", "-a", "Terminal", worktree.toString());
  }

  @Test
  void onWindowsABatchFileGetsNoPathThatItWouldMisread() throws IOException {
    program("code.cmd");
    var opener = new FolderOpener(search("Windows 11"), "", false);
    var fine = folder.resolve("work");
    assertThat(opener.plan(OpenTarget.EDITOR, fine, null, null).command())
        .containsExactly(bin.resolve("code.cmd").toString(), fine.toString());
    assertThatThrownBy(() -> opener.plan(OpenTarget.EDITOR, folder.resolve("a&calc"), null, null))
        .hasMessageContaining("batch file");
    program("wt.exe");
    assertThat(
            opener.plan(OpenTarget.TERMINAL, folder.resolve("a;b"), null, null).command().getLast())
        .endsWith("a\\;b");
  }

  @Test
  void theListHasWhatIsTakenFirst() throws IOException {
    program("code");
    program("vim");
    assertThat(opener("vim", true).found())
        .extracting(ExternalProgram::name)
        .containsExactly("Vim", "Visual Studio Code");
  }

  @Test
  void theSettingIsReadAsTheDesktopKeepsIt() throws IOException {
    var settings = Files.writeString(folder.resolve("desktop.json"), "{\"editor\":\"zed\"}");
    assertThat(FolderOpener.setting(settings)).isEqualTo("zed");
    assertThat(FolderOpener.setting(folder.resolve("none.json"))).isEmpty();
    Files.writeString(settings, "{");
    assertThat(FolderOpener.setting(settings)).isEmpty();
  }
}
