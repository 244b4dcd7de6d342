package dev.hivedeck.ui.control.diff;

import dev.hivedeck.ui.control.diff.code.CodeColours;
import dev.hivedeck.ui.control.diff.code.DiffCode;
import java.util.function.DoubleSupplier;

/**
 * How high rows are. A list asks that of many that nobody looks at; those of one line are as high
 * as each other, so one is measured for all of them.
 */
final class RowHeights {
  private static final int OTHER = -1;
  private static final int LINE = 0;
  private static final int PAIR = 1;
  private static final int HEAD = 2;

  private final CodeColours colours;
  private final DiffCode code;
  private final double[] known = new double[3];
  private double gutter;

  RowHeights(CodeColours colours, DiffCode code) {
    this.colours = colours;
    this.code = code;
  }

  /** Letters have another size, or numbers another width. */
  void forget() {
    for (int i = 0; i < known.length; i++) {
      known[i] = 0;
    }
    gutter = 0;
  }

  /** Whether it is known without a look at the row. */
  boolean knows(DiffRow row, double width) {
    int kind = kind(row, width);
    return kind >= 0 && known[kind] > 0;
  }

  /**
   * How high it is.
   *
   * @param width of the row
   * @param measured of the row itself, once it shows what it shows
   */
  double of(DiffRow row, double width, DoubleSupplier measured) {
    int kind = kind(row, width);
    if (kind == OTHER) {
      return measured.getAsDouble();
    }
    if (known[kind] <= 0) {
      known[kind] = measured.getAsDouble();
    }
    return known[kind];
  }

  /** What numbers and margins take of a side. */
  void gutter(double taken) {
    gutter = taken;
  }

  private int kind(DiffRow row, double width) {
    return switch (row) {
      case DiffRow.Line l when code.even(l.line()) -> LINE;
      case DiffRow.Pair p when gutter > 0 && code.even(p.before()) && code.even(p.after()) -> {
        int letters = Math.max(code.letters(p.before()), code.letters(p.after()));
        double room = Math.floor(width / 2) - gutter;
        yield letters * colours.letter() < room - 1 ? PAIR : OTHER;
      }
      case DiffRow.Head _ -> HEAD;
      case null -> OTHER;
      default -> OTHER;
    };
  }
}
