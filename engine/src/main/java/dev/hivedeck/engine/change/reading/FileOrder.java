package dev.hivedeck.engine.change.reading;

import dev.hivedeck.engine.git.diff.DiffFacts;
import dev.hivedeck.engine.protocol.reading.ReadingViews.FileKind;
import dev.hivedeck.engine.protocol.reading.ReadingViews.ReadingFile;
import dev.hivedeck.engine.protocol.reading.ReadingViews.ReadingHunk;
import dev.hivedeck.engine.protocol.view.ChangeViews.Risk;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** In what order files are best read: where a fault matters most comes first. */
final class FileOrder {
  private static final Comparator<ReadingFile> BY_RISK =
      Comparator.comparing(ReadingFile::kind)
          .thenComparing(Comparator.comparingInt(ReadingFile::lines).reversed())
          .thenComparing(ReadingFile::path);

  private static final Pattern DOCS =
      Pattern.compile(
          "(^|/)docs?/|\\.(md|markdown|rst|adoc|txt)$|(^|/)(README|LICENSE|CHANGELOG|NOTICE)[^/]*$");

  private FileOrder() {}

  /**
   * @param hunks by path, in the order of the diff
   */
  static List<ReadingFile> of(Map<String, List<ReadingHunk>> hunks, List<Risk> risks) {
    return hunks.entrySet().stream()
        .map(e -> file(e.getKey(), e.getValue(), risks))
        .sorted(BY_RISK)
        .toList();
  }

  private static ReadingFile file(String path, List<ReadingHunk> hunks, List<Risk> risks) {
    var kinds =
        risks.stream().filter(r -> r.path().equals(path)).map(Risk::kind).distinct().toList();
    return new ReadingFile(
        path,
        kinds.isEmpty() ? kind(path) : FileKind.RISKY,
        kinds,
        hunks.stream().mapToInt(ReadingHunk::lines).sum(),
        List.copyOf(hunks));
  }

  static FileKind kind(String path) {
    return DiffFacts.isGenerated(path)
        ? FileKind.GENERATED
        : DiffFacts.isTest(path)
            ? FileKind.TEST
            : DOCS.matcher(path).find() ? FileKind.DOCS : FileKind.CODE;
  }
}
