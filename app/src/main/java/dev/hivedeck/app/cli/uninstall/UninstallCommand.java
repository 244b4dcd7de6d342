package dev.hivedeck.app.cli.uninstall;

import dev.hivedeck.app.cli.HivedeckCommand;
import dev.hivedeck.engine.config.HivedeckHome;
import dev.hivedeck.engine.file.Folders;
import dev.hivedeck.engine.process.ProcessTree;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Plural;
import dev.hivedeck.engine.protocol.Printable;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.security.WorkspaceLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Scanner;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** Says what stays when the program is removed, and removes what Hivedeck made. */
@Command(
    name = "uninstall",
    description = {
      "Show what stays when the program is removed.",
      "With --data remove what Hivedeck made; your files, branches and commits stay in any case."
    })
public final class UninstallCommand implements Callable<Integer> {
  /** What Hivedeck keeps in its data folder for all workspaces; it goes with the last of them. */
  private static final List<String> OWN = List.of("logs", "desktop.json", "upgrades");

  @SuppressWarnings("NullAway.Init") // picocli's
  @ParentCommand
  HivedeckCommand cli;

  @Option(
      names = "--data",
      description = "Remove worktrees, hidden refs and Hivedeck's data folder.")
  boolean data;

  @Option(
      names = "--yes",
      paramLabel = "COUNT",
      description =
          "Without asking, where COUNT is the number of hidden refs and unfinished worktrees.")
  @Nullable Integer count;

  @Override
  public Integer call() throws IOException {
    var home = HivedeckHome.standard();
    if (count != null && !data) {
      throw new HiveException(
          ErrorCode.BAD_USAGE,
          "--yes is for --data: nothing is removed without it.",
          "hivedeck uninstall shows what there is.");
    }
    if (!data) {
      var workspaces = read(home, StoredWorkspace.folders(home));
      cli.answer(document(home, workspaces, false, List.of()), told(home, workspaces) + HOW);
      return HivedeckCommand.DONE;
    }
    var locks = new ArrayList<WorkspaceLock>();
    try {
      // What is told is what goes: from here on nobody works there.
      var folders = StoredWorkspace.folders(home);
      for (var folder : folders) {
        locks.add(WorkspaceLock.acquire(folder));
      }
      refuseLive(folders);
      return remove(home, read(home, folders));
    } finally {
      locks.forEach(WorkspaceLock::close);
    }
  }

  /** What a killed engine left running still writes there, and nobody would find it afterwards. */
  private static void refuseLive(List<Path> folders) {
    var left =
        ProcessTree.carrying().stream()
            .filter(process -> folders.stream().anyMatch(folder -> isOf(process, folder)))
            .map(process -> Long.toString(process.pid()))
            .toList();
    if (!left.isEmpty()) {
      throw new HiveException(
          ErrorCode.NOT_NOW,
          "An engine that was killed left %s running: %s. Nothing was removed."
              .formatted(Plural.of(left.size(), "process", "processes"), Plural.some(left, 5)),
          "Start Hivedeck there once, which ends them, and hivedeck stop; or end them yourself.");
    }
  }

  private static boolean isOf(ProcessTree.Found process, Path folder) {
    return process.key().endsWith(" of " + folder)
        || process.folder() != null && process.folder().startsWith(folder);
  }

  private static List<StoredWorkspace> read(HivedeckHome home, List<Path> folders) {
    return folders.stream().map(folder -> StoredWorkspace.read(home, folder)).toList();
  }

  private static final String HOW =
      """

      To remove the program: sudo apt purge hivedeck, sudo dnf remove hivedeck, or as you installed it.
      To remove what is listed here as well, before that: hivedeck uninstall --data\
      """;

  private int remove(HivedeckHome home, List<StoredWorkspace> workspaces) throws IOException {
    refuseUnknown(workspaces);
    int only = workspaces.stream().mapToInt(StoredWorkspace::only).sum();
    if (count != null && count != only) {
      int refs = workspaces.stream().mapToInt(w -> w.refs().size()).sum();
      throw new HiveException(
          ErrorCode.BAD_USAGE,
          "There are %s and %s, %d in all, not %d. Nothing was removed."
              .formatted(
                  Plural.of(refs, "hidden ref"),
                  Plural.of(only - refs, "unfinished worktree"),
                  only,
                  count),
          "Look at them with hivedeck uninstall, then name their number: --yes " + only + ".");
    }
    if (count == null) {
      cli.page(told(home, workspaces));
    }
    var with = new HashSet<StoredWorkspace>();
    if (!agreed(workspaces, with)) {
      cli.answer(
          document(home, workspaces, false, List.of()),
          "Nothing was removed. With --yes " + only + " it is.");
      return HivedeckCommand.NOT_ALLOWED;
    }
    var left = new ArrayList<Path>();
    for (var workspace : workspaces) {
      left.addAll(workspace.remove(with.contains(workspace)));
    }
    for (var workspace : workspaces) {
      if (!Files.exists(workspace.folder())) {
        Folders.delete(home.folder().resolve("exchange").resolve(workspace.folder().getFileName()));
      }
    }
    String stays = stays(home, workspaces.stream().filter(w -> !with.contains(w)).toList(), left);
    cli.answer(document(home, workspaces, true, left), "Removed." + stays);
    return HivedeckCommand.DONE;
  }

  /** Removes what belongs to no workspace, where none is left, and says what stays. */
  private static String stays(HivedeckHome home, List<StoredWorkspace> without, List<Path> left)
      throws IOException {
    var said = new StringBuilder();
    for (Path worktrees : left) {
      said.append(" ").append(worktrees);
      said.append(
          Files.exists(worktrees)
              ? " has files of others, and stays."
              : " is away, and worktrees may be in it.");
    }
    long refs = without.stream().mapToInt(w -> w.refs().size()).sum();
    if (refs > 0) {
      said.append(" ").append(Plural.of(refs, "hidden ref")).append(" stay in your repositories.");
    }
    for (var workspace : without) {
      for (var tree : workspace.unfinished()) {
        said.append(" ").append(tree.path()).append(" stays, as it is unfinished.");
      }
    }
    removeIfEmpty(home.folder().resolve("exchange"));
    if (removeIfEmpty(home.folder().resolve("workspaces"))) {
      return said.toString();
    }
    for (String name : OWN) {
      Folders.delete(home.folder().resolve(name));
    }
    if (removeIfEmpty(home.folder())) {
      said.append(" ").append(home.folder()).append(" has files of others, and stays.");
    }
    return Printable.line(said.toString());
  }

  /** What is in a folder of nobody knows which repository, nobody can be asked about. */
  private static void refuseUnknown(List<StoredWorkspace> workspaces) {
    for (var workspace : workspaces) {
      if (workspace.isUnknown()) {
        throw new HiveException(
            ErrorCode.BAD_USAGE,
            "Nothing tells which repository "
                + Printable.line(workspace.folder().toString())
                + " is of, nor what in it is nowhere else. Nothing was removed.",
            "Run hivedeck serve once in that repository, which notes it; or look into that folder"
                + " and remove it yourself.");
      }
    }
  }

  /** Whether it is to be done; fills in those whose hidden refs are to go. */
  private boolean agreed(List<StoredWorkspace> workspaces, Set<StoredWorkspace> with) {
    if (count != null) {
      with.addAll(workspaces);
      return true;
    }
    if (cli.json() || System.console() == null) {
      return false;
    }
    var in = new Scanner(System.in);
    if (!asked(in, "Remove all this? [y/N] ").equalsIgnoreCase("y")) {
      return false;
    }
    for (var workspace : workspaces) {
      String question =
          "Type %s to remove its %s and %s, which no other copy has; anything else keeps them: "
              .formatted(
                  Printable.line(workspace.name()),
                  Plural.of(workspace.refs().size(), "hidden ref"),
                  Plural.of(workspace.unfinished().size(), "unfinished worktree"));
      if (workspace.only() == 0 || asked(in, question).equals(workspace.name())) {
        with.add(workspace);
      }
    }
    return true;
  }

  private String asked(Scanner in, String question) {
    cli.out().print(question);
    cli.out().flush();
    return in.hasNextLine() ? in.nextLine().strip() : "";
  }

  /** Whether others have files there. */
  private static boolean removeIfEmpty(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return false;
    }
    try (var entries = Files.list(folder)) {
      if (entries.findAny().isPresent()) {
        return true;
      }
    }
    Files.delete(folder);
    return false;
  }

  private static String told(HivedeckHome home, List<StoredWorkspace> workspaces) {
    var lines = new ArrayList<String>();
    for (var workspace : workspaces) {
      for (var tree : workspace.unfinished()) {
        lines.add("Unfinished: " + Printable.line(tree.told()));
      }
      for (String ref : workspace.kept()) {
        lines.add("Kept: " + Printable.line(workspace.name() + " " + ref));
      }
    }
    if (!lines.isEmpty()) {
      lines.add("");
    }
    for (var workspace : workspaces) {
      lines.add(Printable.line(line(workspace)));
    }
    lines.add(
        Files.isDirectory(home.folder())
            ? "Hivedeck's data: " + Printable.line(home.folder().toString())
            : "Hivedeck has no data here: " + Printable.line(home.folder().toString()));
    lines.add("Your repositories, with .hivedeck/ and all branches in them, stay in any case.");
    return String.join("\n", lines);
  }

  private static String line(StoredWorkspace workspace) {
    String counted =
        "%s, %s, data in %s"
            .formatted(
                Plural.of(workspace.worktrees().size(), "worktree"),
                Plural.of(workspace.refs().size(), "hidden ref"),
                workspace.folder());
    if (workspace.isUnknown()) {
      return workspace.folder() + ": nothing tells which repository it is of";
    }
    if (workspace.root() == null) {
      return workspace.folder() + ": it is empty";
    }
    return workspace.repository() != null
        ? workspace.root() + ": " + counted
        : workspace.root() + ": it is not there any more, or its disk is away; " + counted;
  }

  private static Map<String, Object> document(
      HivedeckHome home, List<StoredWorkspace> workspaces, boolean done, List<Path> left) {
    return HivedeckCommand.object(
        "removed",
        done,
        "left",
        left.stream().map(Path::toString).toList(),
        "home",
        home.folder().toString(),
        "workspaces",
        workspaces.stream()
            .map(
                w ->
                    HivedeckCommand.object(
                        "repository",
                        w.root() == null ? null : String.valueOf(w.root()),
                        "found",
                        w.repository() != null,
                        "folder",
                        w.folder().toString(),
                        "worktrees",
                        w.worktrees(),
                        "refs",
                        w.refs()))
            .toList());
  }
}
