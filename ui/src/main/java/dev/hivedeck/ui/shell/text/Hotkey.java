package dev.hivedeck.ui.shell.text;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyCodeCombination;
import javafx.scene.input.KeyCombination;
import javafx.scene.input.KeyEvent;

/**
 * Every key that does something: the map that {@code ?} shows and the page of the guide are made of
 * this, and nothing listens to a key that is not here.
 */
public enum Hotkey {
  GO(Scope.EVERYWHERE, 'g'),
  NEXT(Scope.EVERYWHERE, 'n'),
  PREVIOUS(Scope.EVERYWHERE, 'p'),
  INBOX(Scope.EVERYWHERE, 'i'),
  FILTER(Scope.EVERYWHERE, '/'),
  PALETTE(Scope.EVERYWHERE, shortcut(KeyCode.K)),
  SEND(Scope.EVERYWHERE, shortcut(KeyCode.ENTER)),
  BACK(Scope.EVERYWHERE, plain(KeyCode.ESCAPE)),
  KEYS(Scope.EVERYWHERE, '?'),
  LARGER(Scope.EVERYWHERE, shortcut(KeyCode.PLUS), shortcut(KeyCode.EQUALS), shortcut(KeyCode.ADD)),
  SMALLER(Scope.EVERYWHERE, shortcut(KeyCode.MINUS), shortcut(KeyCode.SUBTRACT)),
  NORMAL_SIZE(Scope.EVERYWHERE, shortcut(KeyCode.DIGIT0), shortcut(KeyCode.NUMPAD0)),
  WORKSPACE(Scope.EVERYWHERE, digits()),

  DOWN(Scope.LIST, 'j', plain(KeyCode.DOWN)),
  UP(Scope.LIST, 'k', plain(KeyCode.UP)),
  PAGE_DOWN(Scope.LIST, plain(KeyCode.PAGE_DOWN)),
  PAGE_UP(Scope.LIST, plain(KeyCode.PAGE_UP)),
  OPEN(Scope.LIST, plain(KeyCode.ENTER)),
  MARK(Scope.LIST, shift(KeyCode.DOWN), shift(KeyCode.UP)),
  MARK_ALL(Scope.LIST, shortcut(KeyCode.A)),
  TICK(Scope.LIST, plain(KeyCode.SPACE)),
  MENU(Scope.LIST, shift(KeyCode.F10), plain(KeyCode.CONTEXT_MENU)),

  CHOOSE(Scope.DECISION, '1'),

  APPROVE(Scope.CHANGE, 'a'),
  CHOOSE_ALTERNATIVE(Scope.CHANGE, 'b'),
  SEND_BACK(Scope.CHANGE, 'r'),
  COMMENT(Scope.CHANGE, 'c'),
  NEXT_HUNK(Scope.CHANGE, 'J'),
  PREVIOUS_HUNK(Scope.CHANGE, 'K'),
  SEEN(Scope.CHANGE, 'm'),
  SEEN_FILE(Scope.CHANGE, 'M'),
  NEXT_FILE(Scope.CHANGE, ']', alt(KeyCode.DOWN)),
  PREVIOUS_FILE(Scope.CHANGE, '[', alt(KeyCode.UP)),
  SIDES(Scope.CHANGE, 'u'),
  SPACE(Scope.CHANGE, 'w'),
  CONTEXT(Scope.CHANGE, 'x'),
  CONTEXT_ALL(Scope.CHANGE, 'X'),
  ORDER(Scope.CHANGE, 'f'),
  FIND(Scope.CHANGE, shortcut(KeyCode.F)),
  EDITOR(Scope.CHANGE, 'o'),
  TERMINAL(Scope.CHANGE, 't'),

  SILENCE(Scope.OBJECTIVE, 's'),
  EDIT_OBJECTIVE(Scope.OBJECTIVE, 'e'),
  FIGURE(Scope.OBJECTIVE, 'b'),

  HOLD_ROLLOUT(Scope.ROLLOUT, 'h'),
  ROLL_BACK(Scope.ROLLOUT, 'r'),
  LESS_TRAFFIC(Scope.ROLLOUT, plain(KeyCode.LEFT)),
  MORE_TRAFFIC(Scope.ROLLOUT, plain(KeyCode.RIGHT)),
  TAKE_BACK_WEIGHT(Scope.ROLLOUT, shortcut(KeyCode.Z)),
  FLAGS(Scope.ROLLOUT, 'f'),

  KILL_FLAG(Scope.FLAG, 'x'),

  OPEN_SERVICE(Scope.SERVICE, 'o'),
  RESTART_SERVICE(Scope.SERVICE, 'r'),

  LATEST(Scope.LOG, plain(KeyCode.END)),
  UNFOLD(Scope.LOG, plain(KeyCode.RIGHT)),
  FOLD(Scope.LOG, plain(KeyCode.LEFT)),
  COPY(Scope.LOG, shortcut(KeyCode.C)),

  WALK_LEFT(Scope.GRAPH, plain(KeyCode.LEFT)),
  WALK_RIGHT(Scope.GRAPH, plain(KeyCode.RIGHT)),
  NEARER(Scope.GRAPH, any(KeyCode.PLUS), any(KeyCode.ADD), any(KeyCode.EQUALS)),
  FARTHER(Scope.GRAPH, any(KeyCode.MINUS), any(KeyCode.SUBTRACT)),
  WHOLE(Scope.GRAPH, any(KeyCode.DIGIT0), any(KeyCode.NUMPAD0));

  /** Where a key works. */
  public enum Scope {
    EVERYWHERE,
    LIST,
    DECISION,
    CHANGE,
    OBJECTIVE,
    ROLLOUT,
    FLAG,
    SERVICE,
    LOG,
    GRAPH;

    /** The keys that work there. */
    public List<Hotkey> keys() {
      return Arrays.stream(Hotkey.values()).filter(k -> k.scope == this).toList();
    }

    /** The key of its name in the texts. */
    public String text() {
      return Texts.key("keys.scope", this);
    }
  }

  private static final boolean MAC =
      System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("mac");

  private final Scope scope;
  private final char letter;
  private final List<KeyCodeCombination> combinations;

  Hotkey(Scope scope, KeyCodeCombination... combinations) {
    this(scope, (char) 0, combinations);
  }

  Hotkey(Scope scope, char letter, KeyCodeCombination... combinations) {
    this.scope = scope;
    this.letter = letter;
    this.combinations = List.of(combinations);
  }

  /** Whether it is this letter; a digit stands for all of 1 to 9. */
  public boolean typed(char typed) {
    return letter != 0 && (letter == '1' ? typed >= '1' && typed <= '9' : typed == letter);
  }

  /** Whether this is it, pressed. */
  public boolean pressed(KeyEvent e) {
    return e.getEventType() == KeyEvent.KEY_PRESSED
        && combinations.stream().anyMatch(c -> c.match(e));
  }

  /** Which digit was pressed with this, from 1; 0 where it was not pressed. */
  public int digit(KeyEvent e) {
    return pressed(e) ? e.getCode().ordinal() - KeyCode.DIGIT0.ordinal() : 0;
  }

  /** The key of what it does in the texts. */
  public String text() {
    return "key." + name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** As it is shown: {@code j}, {@code Ctrl K}; those that do the same, a bar between. */
  public String caps() {
    if (this == WORKSPACE) {
      return caps(0);
    }
    var all =
        combinations.stream()
            // The number pad says the same once more.
            .filter(c -> c.getCode() != KeyCode.ADD && c.getCode() != KeyCode.SUBTRACT)
            .filter(c -> c.getCode() != KeyCode.NUMPAD0 && c.getCode() != KeyCode.EQUALS)
            .map(Hotkey::caps)
            .collect(Collectors.toList());
    if (letter != 0) {
      all.addFirst(letter == '1' ? "1–9" : String.valueOf(letter));
    }
    return String.join(" | ", all);
  }

  /**
   * One of several that differ in the digit, as it is shown.
   *
   * @param digit 0 for all of them
   */
  public String caps(int digit) {
    return (MAC ? "⌘ " : "Ctrl ") + (digit == 0 ? "1–9" : String.valueOf(digit));
  }

  private static String caps(KeyCodeCombination c) {
    var words = new StringBuilder();
    if (c.getShortcut() == KeyCombination.ModifierValue.DOWN) {
      words.append(MAC ? "⌘ " : "Ctrl ");
    }
    if (c.getAlt() == KeyCombination.ModifierValue.DOWN) {
      words.append(MAC ? "⌥ " : "Alt ");
    }
    if (c.getShift() == KeyCombination.ModifierValue.DOWN) {
      words.append(MAC ? "⇧ " : "Shift ");
    }
    return words
        .append(
            switch (c.getCode()) {
              case ENTER -> "Enter";
              case ESCAPE -> "Esc";
              case SPACE -> "Space";
              case UP -> "↑";
              case DOWN -> "↓";
              case LEFT -> "←";
              case RIGHT -> "→";
              case PLUS -> "+";
              case MINUS -> "−";
              case DIGIT0 -> "0";
              case END -> "End";
              case PAGE_UP -> "Page ↑";
              case PAGE_DOWN -> "Page ↓";
              case CONTEXT_MENU -> "Menu";
              default -> c.getCode().getName();
            })
        .toString();
  }

  private static KeyCodeCombination[] digits() {
    return IntStream.rangeClosed(1, 9)
        .mapToObj(digit -> shortcut(KeyCode.getKeyCode(String.valueOf(digit))))
        .toArray(KeyCodeCombination[]::new);
  }

  private static KeyCodeCombination plain(KeyCode code) {
    return new KeyCodeCombination(code);
  }

  /** With or without Shift: where a sign is differs from keyboard to keyboard. */
  private static KeyCodeCombination any(KeyCode code) {
    return new KeyCodeCombination(code, KeyCombination.SHIFT_ANY);
  }

  private static KeyCodeCombination shortcut(KeyCode code) {
    return new KeyCodeCombination(code, KeyCombination.SHORTCUT_DOWN, KeyCombination.SHIFT_ANY);
  }

  private static KeyCodeCombination shift(KeyCode code) {
    return new KeyCodeCombination(code, KeyCombination.SHIFT_DOWN);
  }

  private static KeyCodeCombination alt(KeyCode code) {
    return new KeyCodeCombination(code, KeyCombination.ALT_DOWN);
  }
}
