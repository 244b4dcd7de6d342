package dev.hivedeck.engine.git.diff;

import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Query.DiffLine;
import dev.hivedeck.engine.protocol.Query.FileDiff;
import dev.hivedeck.engine.protocol.Query.FileDiffs;
import dev.hivedeck.engine.protocol.Query.Hunk;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/** Reads a diff to be shown: all of its files, or the lines of one, as far as they are wanted. */
final class DiffFiles {
  /** What of a line is shown. */
  private static final int LONGEST_SHOWN = 2_000;

  /** What of a file's lines is given at once, in characters. */
  private static final int MOST_AT_ONCE = 4 << 20;

  /** What of a patch is read to be shown. */
  private static final long MOST_SHOWN = 64L << 20;

  private DiffFiles() {}

  static FileDiffs read(InputStream in, String base, String head, DiffExcerpt excerpt)
      throws IOException {
    var reader = new DiffReader(in, LONGEST_SHOWN);
    var changed = reader.files(true);
    reader.patch();
    return excerpt.file() == null
        ? all(reader, changed, base, head, excerpt.lines())
        : one(reader, changed, base, head, excerpt);
  }

  /** A renamed file is known by both its names, so that the others have to be read past. */
  private static FileDiffs one(
      DiffReader reader, List<ChangedFile> changed, String base, String head, DiffExcerpt excerpt)
      throws IOException {
    for (var file : changed) {
      var part = new Part(excerpt);
      boolean wanted = excerpt.wants(file);
      for (int i = 0; i < file.patches(); i++) {
        reader.next(file.path(), wanted ? part : DiffReader.Listener.NONE);
      }
      if (wanted) {
        return new FileDiffs(base, head, List.of(diff(file, part.hunks())), part.more);
      }
    }
    throw new HiveException(
        ErrorCode.NO_FILE,
        "Nothing differs in " + excerpt.file() + ".",
        "Without a file, all that differ are told.");
  }

  /** Some of a file's lines, under the hunks that they are of. */
  private static final class Part implements DiffReader.Listener {
    private final DiffExcerpt excerpt;
    private final Hunks hunks = new Hunks();
    private int seen;
    private int given;
    private int characters;
    private boolean more;

    Part(DiffExcerpt excerpt) {
      this.excerpt = excerpt;
    }

    @Override
    public void hunk(Hunk hunk) {
      hunks.hunk(hunk);
    }

    @Override
    public boolean hashes() {
      return true;
    }

    @Override
    public void hash(String hash) {
      hunks.hash(hash);
    }

    @Override
    public void line(DiffLine line, boolean cut) {
      if (seen++ < excerpt.from()) {
        return;
      }
      more |= given >= excerpt.lines() || characters >= MOST_AT_ONCE;
      if (!more) {
        given++;
        characters += line.text().length();
        hunks.line(line, cut);
      }
    }

    List<Hunk> hunks() {
      return hunks.all.stream().filter(h -> !h.lines().isEmpty()).toList();
    }
  }

  /** Hunks with their lines. */
  private static class Hunks implements DiffReader.Listener {
    final List<Hunk> all = new ArrayList<>();

    @Override
    public void hunk(Hunk hunk) {
      all.add(hunk);
    }

    @Override
    public void line(DiffLine line, boolean cut) {
      String text = TextDetection.shown(line.text()) + (cut ? "…" : "");
      all.getLast().lines().add(new DiffLine(line.kind(), line.oldLine(), line.newLine(), text));
    }

    @Override
    public boolean hashes() {
      return true;
    }

    @Override
    public void hash(String hash) {
      all.set(all.size() - 1, all.getLast().known(hash));
    }
  }

  private static FileDiffs all(
      DiffReader reader, List<ChangedFile> changed, String base, String head, int maxLines)
      throws IOException {
    var files = new ArrayList<FileDiff>();
    boolean truncated = false;
    int room = maxLines;
    for (var file : changed) {
      var hunks = new Hunks();
      boolean fits = file.additions() + file.deletions() <= room && reader.seen() < MOST_SHOWN;
      if (reader.seen() < MOST_SHOWN) {
        for (int i = 0; i < file.patches(); i++) {
          reader.next(file.path(), fits ? hunks : DiffReader.Listener.NONE);
        }
      }
      int size = hunks.all.stream().mapToInt(h -> h.lines().size()).sum();
      if (!fits || size > room) {
        hunks.all.clear();
        truncated = true;
      } else {
        room -= size;
      }
      files.add(diff(file, List.copyOf(hunks.all)));
    }
    return new FileDiffs(base, head, List.copyOf(files), truncated);
  }

  private static FileDiff diff(ChangedFile file, List<Hunk> hunks) {
    return new FileDiff(
        file.path(),
        file.oldPath(),
        file.word(),
        !file.lines(),
        Math.toIntExact(file.additions()),
        Math.toIntExact(file.deletions()),
        mode(file.oldMode()),
        mode(file.mode()),
        hunks);
  }

  private static String mode(String mode) {
    return mode.equals(ChangedFile.NONE) ? null : mode;
  }
}
