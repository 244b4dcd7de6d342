package dev.hivedeck.engine.gate;

import java.util.ArrayList;
import java.util.List;

/**
 * The words of a shell command, by simple command: enough of the shell to see what is run, never to
 * run it. Quotes are taken off; operators, brackets and the words {@code then}, {@code do} and the
 * like begin another command.
 */
final class ShellWords {
  private static final String OPERATORS = ";&|(){}\n\r`";
  private static final List<String> OPENERS =
      List.of("if", "then", "else", "elif", "do", "while", "until", "!", "case", "in");

  private final List<List<String>> commands = new ArrayList<>();
  private final StringBuilder word = new StringBuilder();
  private List<String> command = new ArrayList<>();
  private boolean quoted;

  private ShellWords() {}

  static List<List<String>> of(String text) {
    var words = new ShellWords();
    words.read(text);
    return words.commands;
  }

  private void read(String text) {
    char quote = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      char next = i + 1 < text.length() ? text.charAt(i + 1) : 0;
      if (c == '\\' && quote != '\'' && next != 0 && !Character.isLetterOrDigit(next)) {
        i++; // before a letter it stands in a path of Windows
        if (next != '\n') {
          word.append(next);
        }
      } else if (quote != 0) {
        if (c == quote) {
          quote = 0;
        } else {
          word.append(c);
        }
      } else if (c == '"' || c == '\'') {
        quote = c;
        quoted = true;
      } else if (c == '#' && word.isEmpty() && !quoted) {
        while (i + 1 < text.length() && text.charAt(i + 1) != '\n') {
          i++;
        }
      } else if (c == '$' && i + 1 < text.length() && text.charAt(i + 1) == '(') {
        endCommand();
        i++;
      } else if (c == '$' && i + 1 < text.length() && text.charAt(i + 1) == '{') {
        int end = text.indexOf('}', i);
        word.append(text, i, end < 0 ? text.length() : end + 1);
        i = end < 0 ? text.length() : end;
      } else if (OPERATORS.indexOf(c) >= 0) {
        endCommand();
      } else if (Character.isWhitespace(c) || c == '<' || c == '>') {
        endWord();
      } else {
        word.append(c);
      }
    }
    endCommand();
  }

  private void endWord() {
    if (!word.isEmpty()) {
      String text = word.toString();
      if (command.isEmpty() && !quoted && OPENERS.contains(text)) {
        word.setLength(0);
        return;
      }
      command.add(text);
    }
    word.setLength(0);
    quoted = false;
  }

  private void endCommand() {
    endWord();
    if (!command.isEmpty()) {
      commands.add(command);
      command = new ArrayList<>();
    }
  }
}
