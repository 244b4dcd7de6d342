package dev.hivedeck.app.cli.uninstall;

import dev.hivedeck.app.cli.HivedeckCommand;
import dev.hivedeck.engine.config.HivedeckHome;
import dev.hivedeck.engine.file.Folders;
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
  /** What Hivedeck keeps in its data folder beside the workspaces. */
  private static final List<String> OWN =
      List.of("workspaces", "exchange", "logs", "desktop.json", "updates.json", "updates");

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
      description = "Without asking, where COUNT is the number of hidden refs that go.")
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
    var workspaces = StoredWorkspace.all(home);
    if (!data) {
      cli.answer(document(home, workspaces, "removed", false), told(home, workspaces) + HOW);
      return HivedeckCommand.DONE;
    }
    var locks = new ArrayList<WorkspaceLock>();
    try {
      for (var workspace : workspaces) {
        locks.add(WorkspaceLock.acquire(workspace.folder()));
      }
      return remove(home, workspaces);
    } finally {
      locks.forEach(WorkspaceLock::close);
    }
  }

  private static final String HOW =
      """

      To remove the program: sudo apt purge hivedeck, sudo dnf remove hivedeck, or as you installed it.
      To remove what is listed here as well, before that: hivedeck uninstall --data\
      """;

  private int remove(HivedeckHome home, List<StoredWorkspace> workspaces) throws IOException {
    int refs = workspaces.stream().mapToInt(w -> w.refs().size()).sum();
    if (count != null && count != refs) {
      throw new HiveException(
          ErrorCode.BAD_USAGE,
          "There are " + refs + " hidden refs, not " + count + ". Nothing was removed.",
          "Look at them with hivedeck uninstall, then name their number: --yes " + refs + ".");
    }
    if (count == null) {
      cli.page(told(home, workspaces));
    }
    var with = new HashSet<StoredWorkspace>();
    if (!agreed(workspaces, with)) {
      cli.answer(
          document(home, workspaces, "removed", false),
          "Nothing was removed. With --yes " + refs + " it is.");
      return HivedeckCommand.NOT_ALLOWED;
    }
    for (var workspace : workspaces) {
      workspace.remove(with.contains(workspace));
    }
    for (String name : OWN) {
      Folders.delete(home.folder().resolve(name));
    }
    boolean foreign = removeIfEmpty(home.folder());
    long kept =
        workspaces.stream().filter(w -> !with.contains(w)).mapToInt(w -> w.refs().size()).sum();
    cli.answer(
        document(home, workspaces, "removed", true),
        "Removed."
            + (kept == 0 ? "" : " " + Plural.of(kept, "hidden ref") + " stay in your repositories.")
            + (foreign ? " " + home.folder() + " has files of others, and stays." : ""));
    return HivedeckCommand.DONE;
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
      int refs = workspace.refs().size();
      String question =
          "Type %s to remove its %s, which no other copy has; anything else keeps them: "
              .formatted(Printable.line(workspace.name()), Plural.of(refs, "hidden ref"));
      if (refs == 0 || asked(in, question).equals(workspace.name())) {
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
        lines.add(
            "Unfinished: %s differs in %s from its last commit"
                .formatted(Printable.line(tree.path()), Plural.of(tree.unfinished(), "file")));
      }
      for (String ref : workspace.kept()) {
        lines.add("Kept: " + Printable.line(workspace.name() + " " + ref));
      }
    }
    if (!lines.isEmpty()) {
      lines.add("");
    }
    for (var workspace : workspaces) {
      Path repository = workspace.repository();
      lines.add(
          Printable.line(
              repository == null
                  ? workspace.folder() + ": its repository is not there any more"
                  : "%s: %s, %s, data in %s"
                      .formatted(
                          repository,
                          Plural.of(workspace.worktrees().size(), "worktree"),
                          Plural.of(workspace.refs().size(), "hidden ref"),
                          workspace.folder())));
    }
    lines.add(
        Files.isDirectory(home.folder())
            ? "Hivedeck's data: " + Printable.line(home.folder().toString())
            : "Hivedeck has no data here: " + Printable.line(home.folder().toString()));
    lines.add("Your repositories, with .hivedeck/ and all branches in them, stay in any case.");
    return String.join("\n", lines);
  }

  private static Map<String, Object> document(
      HivedeckHome home, List<StoredWorkspace> workspaces, String key, boolean done) {
    return HivedeckCommand.object(
        key,
        done,
        "home",
        home.folder().toString(),
        "workspaces",
        workspaces.stream()
            .map(
                w ->
                    HivedeckCommand.object(
                        "repository",
                        w.repository() == null ? null : String.valueOf(w.repository()),
                        "folder",
                        w.folder().toString(),
                        "worktrees",
                        w.worktrees(),
                        "refs",
                        w.refs()))
            .toList());
  }
}
