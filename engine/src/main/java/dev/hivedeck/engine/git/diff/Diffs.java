package dev.hivedeck.engine.git.diff;

import dev.hivedeck.engine.git.Git;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Query.DiffLine;
import dev.hivedeck.engine.protocol.Query.FileDiffs;
import dev.hivedeck.engine.protocol.Query.Hunk;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Reads git's diffs. What they say depends on the two commits alone: neither on attributes or
 * settings of submodules that a commit or a working tree brings, nor on how the user likes diffs
 * shown.
 */
public final class Diffs {
  /** Larger files are not compared line by line. */
  private static final int LARGE = 16 << 20;

  /** Lines that did not change, around those that did. */
  private static final int CONTEXT = 3;

  /** What of a line is searched. */
  private static final int LONGEST_READ = 1 << 20;

  private Diffs() {}

  private static final List<String> DIFF =
      List.of(
          "-c",
          "diff.algorithm=default",
          "diff",
          "-O" + Git.NOTHING,
          "--raw",
          "-z",
          "--no-abbrev",
          "--no-relative",
          "--no-color",
          "--no-ext-diff",
          "--no-textconv",
          "--ignore-submodules=none",
          "--submodule=short");

  /**
   * @param attributes the only ones that count
   */
  private static String[] diff(Path attributes, List<String> options, String... range) {
    var command = new ArrayList<String>();
    command.addAll(List.of("-c", "core.bigFileThreshold=" + LARGE));
    command.addAll(List.of("-c", "core.attributesFile=" + attributes));
    command.addAll(DIFF);
    command.addAll(options);
    command.addAll(List.of(range));
    command.add("--");
    return command.toArray(String[]::new);
  }

  /** All files, and the lines of those that fit into so many. */
  public static FileDiffs between(Git git, String base, String head, int maxLines) {
    return between(git, base, head, DiffExcerpt.of(maxLines));
  }

  /**
   * @throws HiveException {@code no-file} where the one that is wanted does not differ
   */
  public static FileDiffs between(Git git, String base, String head, DiffExcerpt excerpt) {
    var objects = git.objects();
    return TextDetection.with(
        objects,
        changed(objects, base, head, TextDetection.NONE),
        attributes ->
            objects.reading(
                in -> DiffFiles.read(in, base, head, excerpt),
                diff(
                    attributes,
                    List.of("--numstat", "--patch", "--unified=" + CONTEXT, "--find-renames"),
                    base,
                    head)));
  }

  /**
   * The files that two commits differ in, a moved one as one that went and one that came. A text
   * that is too large to be compared counts with all its lines.
   */
  public static List<ChangedFile> files(Git git, String base, String head) {
    var objects = git.objects();
    var first = changed(objects, base, head, TextDetection.NONE);
    var files =
        TextDetection.with(
            objects,
            first,
            texts ->
                texts.equals(TextDetection.NONE) ? first : changed(objects, base, head, texts));
    var sizes = sizes(objects, files.stream().filter(f -> !f.lines()).toList());
    return files.stream().map(f -> f.lines() ? f : looked(objects, f, sizes)).toList();
  }

  private static List<ChangedFile> changed(Git objects, String base, String head, Path texts) {
    return objects.reading(
        in -> new DiffReader(in, LONGEST_READ).files(true),
        diff(texts, List.of("--numstat", "--no-renames"), base, head));
  }

  /** Git takes what is large for binary without looking. */
  private static ChangedFile looked(Git git, ChangedFile file, Map<String, Long> sizes) {
    long old = sizes.getOrDefault(file.oldId(), 0L);
    long now = sizes.getOrDefault(file.id(), 0L);
    if (Math.max(old, now) < LARGE) {
      return file;
    }
    long deletions = old == 0 ? 0 : TextDetection.lines(git, file.path(), file.oldId());
    long additions = now == 0 ? 0 : TextDetection.lines(git, file.path(), file.id());
    return additions < 0 || deletions < 0
        ? file
        : new ChangedFile(
            file.status(),
            file.path(),
            file.oldPath(),
            file.oldMode(),
            file.mode(),
            file.oldId(),
            file.id(),
            additions,
            deletions,
            true,
            false);
  }

  /**
   * How many bytes come with a change: those of binary files, and what other files grew by.
   *
   * @param files as {@link #files} gives them
   * @return by path
   */
  public static Map<String, Long> bytes(Git git, List<ChangedFile> files) {
    var sizes = sizes(git, files);
    var bytes = new LinkedHashMap<String, Long>();
    for (var file : files) {
      long now = sizes.getOrDefault(file.id(), 0L);
      long old = file.lines() ? sizes.getOrDefault(file.oldId(), 0L) : 0;
      bytes.put(file.path(), Math.max(0, now - old));
    }
    return bytes;
  }

  static Map<String, Long> sizes(Git git, List<ChangedFile> files) {
    var ids = new StringBuilder();
    for (var file : files) {
      if (!file.oldMode().equals(ChangedFile.SUBMODULE)
          && !file.oldMode().equals(ChangedFile.NONE)) {
        ids.append(file.oldId()).append('\n');
      }
      if (!file.mode().equals(ChangedFile.SUBMODULE) && !file.mode().equals(ChangedFile.NONE)) {
        ids.append(file.id()).append('\n');
      }
    }
    var sizes = new LinkedHashMap<String, Long>();
    if (!ids.isEmpty()) {
      git.mustWith(ids.toString(), "cat-file", "--batch-check=%(objectname) %(objectsize)")
          .lines()
          .map(line -> line.split(" "))
          .filter(f -> f.length == 2 && Character.isDigit(f[1].charAt(0)))
          .forEach(f -> sizes.put(f[0], Long.parseLong(f[1])));
    }
    return sizes;
  }

  /** Hears of a line that was added; {@code cut} when it was too long to be told whole. */
  @FunctionalInterface
  public interface Added {
    void line(String path, int number, String text, boolean cut);
  }

  /**
   * Tells every line that was added, in however large a diff; of a moved file those that were
   * changed. Binary files and what is too large to be compared tell none.
   */
  public static void added(Git git, String base, String head, Added added) {
    patch(
        git,
        base,
        head,
        0,
        files -> {},
        path ->
            new DiffReader.Listener() {
              @Override
              public void line(DiffLine line, boolean cut) {
                if (line.kind().equals("+")) {
                  added.line(path, line.newLine(), TextDetection.plain(line.text()), cut);
                }
              }
            });
  }

  /** Where the lines of one commit are in another. */
  public static LineMoves moves(Git git, String from, String to) {
    var moves = new LineMoves();
    patch(
        git,
        from,
        to,
        0,
        files -> files.forEach(moves::file),
        path ->
            new DiffReader.Listener() {
              private int start;
              private int went;
              private int came;

              @Override
              public void hunk(Hunk hunk) {
                start = hunk.oldStart();
                went = 0;
                came = 0;
              }

              @Override
              public void line(DiffLine line, boolean cut) {
                if (line.kind().equals("-")) {
                  went++;
                } else if (line.kind().equals("+")) {
                  came++;
                }
              }

              @Override
              public boolean hashes() {
                return true;
              }

              @Override
              public void hash(String hash) {
                moves.replaced(path, start, went, came);
              }
            });
    return moves;
  }

  /**
   * What a reader wants to know before reading; of however large a diff. Its hunks are those that
   * {@link #between} tells.
   */
  public static DiffFacts facts(Git git, String base, String head) {
    var counter = new DiffFacts.Counter();
    patch(
        git,
        base,
        head,
        CONTEXT,
        files ->
            files.stream().filter(f -> f.status() == 'D').forEach(f -> counter.deleted(f.path())),
        path ->
            new DiffReader.Listener() {
              @Override
              public void line(DiffLine line, boolean cut) {
                if (!line.kind().equals(" ")) {
                  counter.line(path, line.kind().equals("+"), TextDetection.plain(line.text()));
                }
              }

              @Override
              public boolean hashes() {
                return true;
              }

              @Override
              public void hash(String hash) {
                counter.hunk(path, hash);
              }
            });
    return counter.facts();
  }

  /** Tells a patch, each file's to a listener of its own. */
  private static void patch(
      Git git,
      String base,
      String head,
      int context,
      Consumer<List<ChangedFile>> told,
      Function<String, DiffReader.Listener> each) {
    var objects = git.objects();
    TextDetection.with(
        objects,
        changed(objects, base, head, TextDetection.NONE),
        attributes ->
            objects.reading(
                in -> {
                  var reader = new DiffReader(in, LONGEST_READ);
                  var files = reader.files(false);
                  told.accept(files);
                  reader.patch();
                  for (var file : files) {
                    for (int i = 0; i < file.patches(); i++) {
                      reader.next(file.path(), each.apply(file.path()));
                    }
                  }
                  return null;
                },
                diff(
                    attributes,
                    List.of("--patch", "--unified=" + context, "--find-renames"),
                    base,
                    head)));
  }

  /** A whole text; empty where it has more bytes than that. */
  public static Optional<String> whole(Git git, String id, int most) {
    return CommitTree.whole(git, id, most);
  }

  /** The beginning of a text. */
  public static String text(Git git, String id) {
    return CommitTree.text(git, id);
  }

  /**
   * @param commits how many there are
   */
  public static DiffStat stat(List<ChangedFile> files, int commits) {
    return new DiffStat(
        files.size(),
        capped(files.stream().mapToLong(ChangedFile::additions).sum()),
        capped(files.stream().mapToLong(ChangedFile::deletions).sum()),
        commits);
  }

  private static int capped(long lines) {
    return (int) Math.min(Integer.MAX_VALUE, lines);
  }
}
