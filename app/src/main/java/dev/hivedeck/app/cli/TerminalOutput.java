package dev.hivedeck.app.cli;

import dev.hivedeck.engine.protocol.Printable;
import java.io.PrintStream;

/**
 * What a person reads: nothing that is printed can steer the terminal, whoever it comes from. What
 * steers it on purpose has a method of its own.
 */
public final class TerminalOutput extends PrintStream {
  private final PrintStream terminal;

  TerminalOutput(PrintStream terminal) {
    super(terminal, true, terminal.charset());
    this.terminal = terminal;
  }

  @Override
  public void print(String text) {
    super.print(Printable.text(text));
  }

  @Override
  public void println(String text) {
    super.println(Printable.text(text));
  }

  @Override
  public void print(Object thing) {
    print(String.valueOf(thing));
  }

  @Override
  public void println(Object thing) {
    println(String.valueOf(thing));
  }

  @Override
  public PrintStream append(CharSequence text) {
    print(String.valueOf(text));
    return this;
  }

  /**
   * Prints a text in one of the terminal's own colours.
   *
   * @param colour 1 to 6: red, green, yellow, blue, magenta, cyan
   */
  void printIn(int colour, String text) {
    flush();
    terminal.print("\u001b[3" + colour + "m");
    print(text);
    flush();
    terminal.print("\u001b[39m");
  }

  /** Goes back to the beginning of the line, which is empty then. */
  void clearLine() {
    flush();
    terminal.print("\r\u001b[K");
  }
}
