package dev.hivedeck.engine.gate.coverage;

import dev.hivedeck.engine.config.gate.CoverageRule;
import dev.hivedeck.engine.git.Git;
import dev.hivedeck.engine.git.diff.CommitTree;
import dev.hivedeck.engine.git.diff.Diffs;
import dev.hivedeck.engine.protocol.Plural;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The reports that a command left in a checkout, held against what a change brings. */
public final class CoverageReports {
  private static final long LARGEST = 128L << 20;
  private static final int MOST = 500;
  private static final Set<String> ELSEWHERE = Set.of(".git", "node_modules", ".venv");

  private CoverageReports() {}

  /**
   * Removes what an earlier command left there, so that what is read later is of the next one. What
   * a commit holds stays.
   *
   * @throws UnreadableReport where it cannot be removed
   */
  public static void clear(CoverageRule rule, Path folder, CommitTree tree)
      throws UnreadableReport {
    try {
      Path root = folder.toRealPath();
      for (Path report : find(root, rule.reports())) {
        if (tree.at(name(root, report)) == null) {
          Files.deleteIfExists(report);
        }
      }
    } catch (IOException e) {
      throw new UnreadableReport("an older report cannot be removed: " + e);
    }
  }

  /**
   * @param folder where the command ran, with {@code head} checked out
   * @param tree of {@code head}
   * @throws UnreadableReport where there is no report, or one says nothing
   */
  public static ChangedLineCoverage measure(
      CoverageRule rule, Path folder, CommitTree tree, Git git, String base, String head)
      throws UnreadableReport {
    var changed = new HashMap<String, BitSet>();
    Diffs.added(
        git,
        base,
        head,
        (path, number, text, cut) -> changed.computeIfAbsent(path, p -> new BitSet()).set(number));
    return ChangedLineCoverage.of(changed, read(rule, folder, tree));
  }

  private static ReachedLines read(CoverageRule rule, Path folder, CommitTree tree)
      throws UnreadableReport {
    var reached = new ReachedLines();
    try {
      Path root = folder.toRealPath();
      var sources = new SourcePaths(root.toString(), tree.files());
      for (Path report : checked(rule, root)) {
        String name = name(root, report);
        if (tree.at(name) != null) {
          throw new UnreadableReport(
              "the report %s is part of the commit, and says nothing of this run; have git ignore it"
                  .formatted(name));
        }
        var found = new HashMap<String, Optional<String>>();
        try (var reader =
            new InputStreamReader(Files.newInputStream(report), StandardCharsets.UTF_8)) {
          ReportParser.read(
              rule.format(),
              reader,
              (file, line, is) ->
                  found
                      .computeIfAbsent(file, f -> sources.find(f, name))
                      .ifPresent(path -> reached.add(path, line, is)));
        } catch (UnreadableReport e) {
          throw new UnreadableReport("the report " + name + " " + e.getMessage());
        }
      }
    } catch (IOException e) {
      throw new UnreadableReport("the report cannot be read: " + e);
    }
    if (reached.isEmpty()) {
      throw new UnreadableReport(
          "the report at %s names no line of a file of this commit".formatted(rule.reports()));
    }
    return reached;
  }

  private static String name(Path root, Path report) {
    return root.relativize(report).toString().replace('\\', '/');
  }

  private static List<Path> find(Path root, String pattern) throws IOException {
    var reports = new ArrayList<Path>();
    if (pattern.chars().noneMatch(c -> "*?[{".indexOf(c) >= 0)) {
      Path one = root.resolve(pattern);
      // What a commit or a command linked there is no report.
      if (Files.isRegularFile(one, LinkOption.NOFOLLOW_LINKS)
          && one.toRealPath().startsWith(root)) {
        reports.add(one);
      }
    } else {
      Files.walkFileTree(
          root,
          new Finder(root, FileSystems.getDefault().getPathMatcher("glob:" + pattern), reports));
    }
    return reports;
  }

  private static List<Path> checked(CoverageRule rule, Path root)
      throws IOException, UnreadableReport {
    String pattern = rule.reports();
    var reports = find(root, pattern);
    if (reports.isEmpty()) {
      throw new UnreadableReport("it left no report at " + pattern);
    }
    if (reports.size() > MOST) {
      throw new UnreadableReport(
          "it left more than %s at %s".formatted(Plural.of(MOST, "report"), pattern));
    }
    for (Path report : reports) {
      if (Files.size(report) > LARGEST) {
        throw new UnreadableReport(
            "the report %s is larger than %d MB".formatted(name(root, report), LARGEST >> 20));
      }
    }
    return reports;
  }

  /** Links are not followed. */
  private static final class Finder extends SimpleFileVisitor<Path> {
    private final Path root;
    private final PathMatcher pattern;
    private final List<Path> found;

    Finder(Path root, PathMatcher pattern, List<Path> found) {
      this.root = root;
      this.pattern = pattern;
      this.found = found;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
      Path name = folder.getFileName();
      return name != null && !folder.equals(root) && ELSEWHERE.contains(name.toString())
          ? FileVisitResult.SKIP_SUBTREE
          : FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      if (attributes.isRegularFile() && pattern.matches(root.relativize(file))) {
        found.add(file);
      }
      return found.size() > MOST ? FileVisitResult.TERMINATE : FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) {
      return FileVisitResult.CONTINUE; // a folder that a command made for itself
    }
  }
}
