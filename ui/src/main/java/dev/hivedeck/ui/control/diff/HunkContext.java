package dev.hivedeck.ui.control.diff;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query.DiffLine;
import dev.hivedeck.engine.protocol.Query.FileContent;
import dev.hivedeck.engine.protocol.Query.FileDiff;
import dev.hivedeck.engine.protocol.Query.Hunk;
import dev.hivedeck.ui.shell.ScreenContext;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Lines between hunks, which did not change, as far as one wants to see them. The file is read when
 * the first of them is wanted, and kept while it is looked at.
 */
final class HunkContext {
  /** How many lines are shown at a time. */
  static final int STEP = 10;

  /** How many lines are left out, where that is not known: those below the last hunk. */
  static final int SOME = -1;

  private static final int ALL = 1 << 24;

  /** How many lines are shown at the top of a gap and at its bottom. */
  private record Shown(int top, int bottom) {
    private static final Shown NONE = new Shown(0, 0);
  }

  /**
   * The lines between two hunks, by their numbers on the new side.
   *
   * @param last 0 below the last hunk of a file that was not read
   * @param before what is to be added for their numbers on the old side
   */
  private record Gap(int first, int last, int before) {}

  private final ScreenContext context;
  private final DiffSource source;
  private final Runnable renew;
  private final Map<Integer, Shown> shown = new HashMap<>();
  private List<String> lines;
  private Object asked = new Object();

  /**
   * @param source of files; null where nobody has them
   * @param renew lays the rows out anew
   */
  HunkContext(ScreenContext context, DiffSource source, Runnable renew) {
    this.context = context;
    this.source = source;
    this.renew = renew;
  }

  /** Another file, or another state of it. */
  void forget() {
    shown.clear();
    lines = null;
    asked = new Object();
  }

  /** Whether lines of that file can be shown that did not change. */
  private boolean has(FileDiff file) {
    return source != null
        && !file.binary()
        && !file.hunks().isEmpty()
        && !file.status().equals("added")
        && !file.status().equals("deleted");
  }

  /**
   * How many lines are left out above a hunk, or below the last one.
   *
   * @param gap the number of the hunk, from 0
   * @return 0 for none, {@link #SOME} where that is not known
   */
  int hidden(FileDiff file, int gap) {
    if (!has(file)) {
      return 0;
    }
    var at = gap(file, gap);
    if (at.last() == 0 && gap == file.hunks().size()) {
      return SOME;
    }
    var now = shown.getOrDefault(gap, Shown.NONE);
    return Math.max(0, at.last() - at.first() + 1 - now.top() - now.bottom());
  }

  /** What is shown of a gap next to the hunk before it. */
  List<DiffLine> top(FileDiff file, int gap) {
    var now = shown.get(gap);
    if (now == null || lines == null) {
      return List.of();
    }
    var at = gap(file, gap);
    return lines(at, at.first(), Math.min(at.last(), at.first() + now.top() - 1));
  }

  /** What is shown of a gap next to the hunk after it. */
  List<DiffLine> bottom(FileDiff file, int gap) {
    var now = shown.get(gap);
    if (now == null || lines == null) {
      return List.of();
    }
    var at = gap(file, gap);
    return lines(at, Math.max(at.first() + now.top(), at.last() - now.bottom() + 1), at.last());
  }

  private List<DiffLine> lines(Gap gap, int first, int last) {
    var made = new ArrayList<DiffLine>();
    for (int line = first; line <= Math.min(last, lines.size()); line++) {
      made.add(new DiffLine(" ", line + gap.before(), line, lines.get(line - 1)));
    }
    return made;
  }

  private Gap gap(FileDiff file, int gap) {
    var hunks = file.hunks();
    int first = gap == 0 ? 1 : end(hunks.get(gap - 1)) + 1;
    if (gap == hunks.size()) {
      var last = hunks.getLast();
      return new Gap(first, lines == null ? 0 : lines.size(), oldEnd(last) - end(last));
    }
    var next = hunks.get(gap);
    int begin = number(next, true, false);
    int was = number(next, false, false);
    return new Gap(first, begin - 1, was - begin);
  }

  private static int end(Hunk hunk) {
    return number(hunk, true, true);
  }

  private static int oldEnd(Hunk hunk) {
    return number(hunk, false, true);
  }

  /**
   * The first line of a hunk on a side, or its last. Where it has none there, its number is that of
   * the line above.
   */
  private static int number(Hunk hunk, boolean now, boolean last) {
    var numbers =
        hunk.lines().stream().mapToInt(l -> now ? l.newLine() : l.oldLine()).filter(n -> n > 0);
    int above = now ? hunk.newStart() : hunk.oldStart();
    return last ? numbers.max().orElse(above) : numbers.min().orElse(above + 1);
  }

  /** Shows more of what is above a hunk, next to it; or below the last. */
  void up(FileDiff file, int gap) {
    add(file, gap, 0, STEP);
  }

  /** Shows more of what is above a hunk, next to the one before it. */
  void down(FileDiff file, int gap) {
    add(file, gap, STEP, 0);
  }

  /** Shows all that is above a hunk. */
  void all(FileDiff file, int gap) {
    add(file, gap, ALL, 0);
  }

  /** Shows all lines of the file. */
  void all(FileDiff file) {
    showing(
        file,
        () -> {
          for (int gap = 0; gap <= file.hunks().size(); gap++) {
            put(file, gap, ALL, 0);
          }
        });
  }

  private void add(FileDiff file, int gap, int top, int bottom) {
    showing(file, () -> put(file, gap, top, bottom));
  }

  /** Shows more once the lines are there, at once. */
  private void showing(FileDiff file, Runnable more) {
    if (!has(file)) {
      return;
    }
    if (lines == null) {
      read(file, () -> showing(file, more));
      return;
    }
    more.run();
    renew.run();
  }

  private void put(FileDiff file, int gap, int top, int bottom) {
    var now = shown.getOrDefault(gap, Shown.NONE);
    var at = gap(file, gap);
    int left = Math.max(0, at.last() - at.first() + 1 - now.top() - now.bottom());
    int above = Math.min(left, top);
    shown.put(gap, new Shown(now.top() + above, now.bottom() + Math.min(left - above, bottom)));
  }

  private void read(FileDiff file, Runnable then) {
    var mine = asked;
    var content = source.content(file.path(), false);
    if (content == null) {
      return;
    }
    content
        .thenApply(HunkContext::lines)
        .whenComplete(
            (read, failure) -> {
              if (mine != asked) {
                return;
              }
              if (failure != null) {
                context.notices().say(DiffView.fault(context.texts(), failure).message());
              } else if (read.isEmpty()) {
                context.notices().say(context.texts().text("diff.context.large"));
              } else {
                lines = lines == null ? read : lines;
                then.run();
              }
            });
  }

  /** The lines of a file; none where it is too large to be told. */
  private static List<String> lines(JsonNode answer) {
    var content = Json.as(answer, FileContent.class);
    if (content.base64() == null) {
      return List.of();
    }
    var text = new String(Base64.getDecoder().decode(content.base64()), StandardCharsets.UTF_8);
    return List.of(
        (text.endsWith("\n") ? text.substring(0, text.length() - 1) : text).split("\n", -1));
  }
}
