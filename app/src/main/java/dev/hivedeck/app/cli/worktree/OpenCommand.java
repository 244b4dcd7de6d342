package dev.hivedeck.app.cli.worktree;

import dev.hivedeck.app.cli.EngineAccess;
import dev.hivedeck.app.cli.HivedeckCommand;
import dev.hivedeck.app.cli.TextTable;
import dev.hivedeck.engine.config.HivedeckHome;
import dev.hivedeck.engine.git.repository.RepositoryPlaces;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.ui.external.ExternalProgram;
import dev.hivedeck.ui.external.FolderOpener;
import dev.hivedeck.ui.external.OpenTarget;
import dev.hivedeck.ui.external.ProgramSearch;
import dev.hivedeck.ui.external.ProgramStart;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Opens the folder of a task, a change or an attempt, or the workspace. */
@Command(
    name = "open",
    description =
        "Open the worktree of a task, a change or an attempt in your editor, a terminal or the file"
            + " manager; without more words, the repository.")
public final class OpenCommand implements Callable<Integer> {
  @ParentCommand HivedeckCommand cli;

  @Parameters(
      arity = "0..1",
      paramLabel = "WHAT",
      description = "For example T-7, T-7.1, C-4 or #4.")
  String what;

  @ArgGroup Way way = new Way();

  @Option(
      names = "--file",
      paramLabel = "PATH",
      description = "Open this file of it too, in the editor.")
  String file;

  /** Only one of them makes sense. */
  static final class Way {
    @Option(names = "--terminal", description = "In a terminal.")
    boolean terminal;

    @Option(names = "--files", description = "In the file manager.")
    boolean files;

    @Option(
        names = "--editor",
        paramLabel = "NAME",
        description = "In this editor, a known one or any command; see --list.")
    String editor;

    @Option(names = "--path", description = "Open nothing: print where it is.")
    boolean path;

    @Option(names = "--list", description = "Open nothing: list the editors that were found.")
    boolean list;
  }

  @Override
  public Integer call() {
    var opener =
        new FolderOpener(
            ProgramSearch.here(),
            FolderOpener.setting(HivedeckHome.standard().folder().resolve("desktop.json")),
            !cli.json() && System.console() != null && System.console().isTerminal());
    if (way.list) {
      list(opener);
      return HivedeckCommand.DONE;
    }
    var place = place();
    if (way.path) {
      cli.answer(
          HivedeckCommand.object("what", place.name(), "folder", place.folder()),
          place.folder().toString());
      return HivedeckCommand.DONE;
    }
    var target =
        way.terminal ? OpenTarget.TERMINAL : way.files ? OpenTarget.FILES : OpenTarget.EDITOR;
    if (file != null && target != OpenTarget.EDITOR) {
      throw new HiveException(
          ErrorCode.BAD_USAGE,
          "Only an editor opens a file.",
          "Leave --file out, or --terminal and --files.");
    }
    var start = opener.plan(target, place.folder(), file(place.folder()), way.editor);
    return open(place, start);
  }

  private int open(OpenPlace place, ProgramStart start) {
    int status = start.run();
    cli.answer(
        HivedeckCommand.object(
            "what",
            place.name(),
            "folder",
            place.folder(),
            "program",
            start.program(),
            "command",
            start.command()),
        start.here() ? null : place.name() + " is opened in " + start.program() + ".");
    return status == 0 ? HivedeckCommand.DONE : HivedeckCommand.FAILED;
  }

  private OpenPlace place() {
    if (what == null) {
      var root = RepositoryPlaces.locate(cli.workspace()).root();
      return new OpenPlace("The repository", root);
    }
    try (var opened = EngineAccess.read(cli.workspace())) {
      return OpenPlace.of(opened, what);
    }
  }

  /** A file that is in it, also by way of links: another is none of its. */
  private Path file(Path folder) {
    if (file == null) {
      return null;
    }
    try {
      var at = folder.resolve(file).normalize();
      if (at.startsWith(folder)
          && Files.isRegularFile(at)
          && at.toRealPath().startsWith(folder.toRealPath())) {
        return at;
      }
    } catch (InvalidPathException | IOException e) {
      throw noFile(folder);
    }
    throw noFile(folder);
  }

  private HiveException noFile(Path folder) {
    return new HiveException(
        ErrorCode.NO_FILE,
        "There is no file " + file + " in " + folder + ".",
        "Give its path from there.");
  }

  private void list(FolderOpener opener) {
    var found = opener.found();
    var table = new TextTable("Editor", "Command", "Opens");
    for (ExternalProgram editor : found) {
      table.row(
          editor.name(),
          String.join(" ", editor.command()),
          !editor.folders() ? "files only" : editor.window() ? "a window" : "in a terminal");
    }
    cli.answer(
        found,
        found.isEmpty()
            ? "No editor was found. Set one in Settings under hive.yaml, Editor, or in "
                + FolderOpener.VARIABLE
                + "."
            : table.toString());
  }
}
