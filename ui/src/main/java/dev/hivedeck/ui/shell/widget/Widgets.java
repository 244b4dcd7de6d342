package dev.hivedeck.ui.shell.widget;

import dev.hivedeck.ui.shell.text.DisplayText;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.theme.Tone;
import java.util.Map;
import java.util.function.Consumer;
import javafx.collections.ListChangeListener;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.ButtonBase;
import javafx.scene.control.Control;
import javafx.scene.control.Label;
import javafx.scene.control.Labeled;
import javafx.scene.control.MenuItem;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.Tab;
import javafx.scene.control.TabPane;
import javafx.scene.control.Toggle;
import javafx.scene.control.ToggleGroup;
import javafx.scene.control.Tooltip;
import javafx.scene.input.Clipboard;
import javafx.scene.input.DataFormat;
import javafx.scene.input.MouseEvent;
import javafx.scene.layout.ColumnConstraints;
import javafx.scene.layout.FlowPane;
import javafx.scene.layout.GridPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Pane;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import javafx.scene.text.Text;
import javafx.util.Duration;

/** The small pieces that every screen is built of. */
public final class Widgets {
  /** Marks what {@link #tellWhole tells the whole}. */
  public static final String TELLS = "tells the whole";

  /** A tooltip that is longer covers what it is about. */
  private static final int HINT = 1_500;

  /** How high what stands at the top of a screen is at least. */
  private static final double HEAD = 34;

  /** What a tag keeps of a long word. */
  private static final double TAG = 150;

  private Widgets() {}

  /** Adds a field to a form, with what it is called before it. */
  public static void addRow(GridPane form, String name, Node field) {
    var label = label(name, "soft");
    label.setMinWidth(GridPane.USE_PREF_SIZE);
    label.setLabelFor(field);
    field.setAccessibleText(name);
    GridPane.setHgrow(field, Priority.ALWAYS);
    form.addRow(form.getRowCount(), label, field);
  }

  /**
   * A line of text that ends in an ellipsis where there is no room, and then tells all on hover.
   */
  public static Label label(String text, String... classes) {
    var label = new SafeLabel(text, SafeLabel.Shape.LINE);
    label.getStyleClass().addAll(classes);
    label.setMinWidth(0);
    return label;
  }

  /** A text of several lines. */
  public static Label prose(String text, String... classes) {
    var label = new SafeLabel(text, SafeLabel.Shape.PROSE);
    label.getStyleClass().addAll(classes);
    label.setMinHeight(Region.USE_PREF_SIZE);
    return label;
  }

  /** What a pane is about: a few lines at most, the whole on hover. */
  public static Label heading(String text, String... classes) {
    var label = new SafeLabel(text, SafeLabel.Shape.TITLE);
    label.getStyleClass().addAll(classes);
    label.setMinHeight(Region.USE_PREF_SIZE);
    return label;
  }

  /** Tells the whole on hover where the words end in an ellipsis. */
  static <L extends Labeled> L tellWhole(L labeled) {
    var whole = new Tooltip[1];
    labeled.addEventHandler(
        MouseEvent.MOUSE_ENTERED,
        _ -> {
          if (labeled.getTooltip() != null && labeled.getTooltip() != whole[0]) {
            return; // It tells more.
          }
          var text = labeled.getText();
          boolean cut = text != null && !text.isEmpty() && !text.equals(shown(labeled));
          whole[0] = cut ? tooltip(text) : null;
          labeled.setTooltip(whole[0]);
        });
    labeled.getProperties().put(TELLS, true);
    return labeled;
  }

  /** The words of a label as they are drawn, which may end in an ellipsis; null for none. */
  public static String shown(Labeled labeled) {
    // Not looked up: what stands beside the words may have a text of its own.
    return labeled.getChildrenUnmodifiable().stream()
        .filter(n -> n instanceof Text && n != labeled.getGraphic()) // An icon is a text, too.
        .map(n -> ((Text) n).getText())
        .findFirst()
        .orElse(null);
  }

  /**
   * Says on hover. A tooltip is a window of its own and dear: the one that is there says something
   * else from now on.
   *
   * @param text null or empty for nothing
   */
  public static void tip(Control control, String text) {
    if (text == null || text.isEmpty()) {
      control.setTooltip(null);
    } else if (control.getTooltip() == null) {
      control.setTooltip(tooltip(text));
    } else {
      control.getTooltip().setText(hint(text));
    }
  }

  private static String hint(String text) {
    var plain = DisplayText.text(text);
    return plain.length() > HINT ? plain.substring(0, HINT) + "…" : plain;
  }

  public static Tooltip tooltip(String text) {
    var tip = new Tooltip(hint(text));
    tip.setShowDelay(Duration.millis(350));
    tip.setWrapText(true);
    tip.setMaxWidth(520);
    return tip;
  }

  /**
   * An entry of a menu.
   *
   * @param icon or null for none
   */
  public static MenuItem menuItem(Icon icon, String name, boolean on, Runnable run) {
    var item = new MenuItem(DisplayText.line(name), icon == null ? null : icon.node());
    item.setMnemonicParsing(false);
    item.setDisable(!on);
    item.setOnAction(_ -> run.run());
    return item;
  }

  public static Button button(String text, Runnable action, String... classes) {
    var button = new Button();
    button
        .textProperty()
        .subscribe(
            words -> {
              var plain = DisplayText.line(words);
              if (plain != null && !plain.equals(words)) {
                button.setText(plain);
              }
            });
    button.setText(text);
    button.getStyleClass().addAll(classes);
    button.setMinWidth(Region.USE_PREF_SIZE);
    button.setMnemonicParsing(false); // A path may have underscores.
    button.setOnAction(_ -> action.run());
    return tellWhole(button);
  }

  /** A button that reads as part of a text and leads somewhere; it ends in an ellipsis. */
  public static Button link(String text, Runnable action, String... classes) {
    var link = button(text, action, classes);
    link.getStyleClass().add("link");
    link.setMinWidth(0);
    return link;
  }

  /** Nodes one after the other in as many lines as they need; none is wider than one. */
  public static FlowPane flow(double gap, double between, Node... nodes) {
    var flow = new FlowPane(gap, between);
    flow.getChildren()
        .addListener(
            (ListChangeListener<Node>)
                change -> {
                  while (change.next()) {
                    change.getAddedSubList().forEach(n -> narrow(flow, n));
                  }
                });
    flow.getChildren().addAll(nodes);
    flow.setMinWidth(0);
    return flow;
  }

  /** Names and what they stand for, in two columns: the names are never cut, the rest is. */
  public static GridPane facts() {
    var grid = new GridPane(14, 6);
    grid.getStyleClass().add("facts");
    var names = new ColumnConstraints();
    names.setMinWidth(Region.USE_PREF_SIZE);
    var values = new ColumnConstraints();
    values.setMinWidth(0);
    values.setHgrow(Priority.ALWAYS);
    values.setFillWidth(false);
    grid.getColumnConstraints().setAll(names, values);
    return grid;
  }

  private static void narrow(FlowPane flow, Node node) {
    if (node instanceof Region region && !region.maxWidthProperty().isBound()) {
      region.setMinWidth(0);
      region
          .maxWidthProperty()
          .bind(
              flow.widthProperty()
                  .map(w -> w.doubleValue() > 0 ? w.doubleValue() : Double.MAX_VALUE));
    }
  }

  /**
   * Of the toggles of a group one is always chosen.
   *
   * @param chosen hears which, whenever that is another
   */
  public static void oneChosen(ToggleGroup group, Consumer<Toggle> chosen) {
    group
        .selectedToggleProperty()
        .addListener(
            (_, old, now) -> {
              if (now == null) {
                old.setSelected(true);
              } else {
                chosen.accept(now);
              }
            });
  }

  /** Content that scrolls where it has less room than it needs at least. */
  public static ScrollPane scroll(Region content) {
    var scroll = new ScrollPane(content);
    scroll.setFitToWidth(true);
    scroll.setFitToHeight(true);
    scroll.setFocusTraversable(false);
    scroll.setHbarPolicy(ScrollPane.ScrollBarPolicy.NEVER);
    scroll.getStyleClass().add("plain-scroll");
    return scroll;
  }

  /** A button that shows only an icon; its name is the tooltip and what a screen reader says. */
  public static Button icon(Icon icon, String name, Runnable action, String... classes) {
    var button = button(null, action, classes);
    button.getStyleClass().addAll("icon-button");
    button.setGraphic(icon.node());
    name(button, name);
    return button;
  }

  /** A button that puts a text on the clipboard. */
  public static Button copy(String name, String text) {
    return button(name, () -> toClipboard(text));
  }

  /** Gives a button a name for tooltip and screen reader. */
  public static <B extends ButtonBase> B name(B button, String name) {
    button.setAccessibleText(name);
    tip(button, name);
    return button;
  }

  public static Region spacer() {
    var spacer = new Region();
    HBox.setHgrow(spacer, Priority.ALWAYS);
    VBox.setVgrow(spacer, Priority.ALWAYS);
    return spacer;
  }

  public static HBox row(double gap, Node... nodes) {
    var row = new HBox(gap, nodes);
    row.setAlignment(Pos.CENTER_LEFT);
    return row;
  }

  /** As {@link #row}; what has no room in one line goes on in the next. */
  public static Pane line(double gap, Node... nodes) {
    return new FlowRow(gap, 0, nodes);
  }

  /**
   * What stands at the top of a screen: {@link #title its name}, how it is looked at, what to do.
   */
  public static Pane head(Node... nodes) {
    var head = new FlowRow(12, HEAD, nodes);
    head.getStyleClass().add("screen-head");
    return head;
  }

  /**
   * A screen from its {@link #head head} down; the last of its parts takes the room that is left.
   */
  public static VBox screen(Node... parts) {
    var screen = column(12, parts);
    screen.getStyleClass().add("screen");
    grow(parts[parts.length - 1]);
    return screen;
  }

  /** The name of a screen, which is never cut. */
  public static Label title(String text) {
    var title = label(text, "title");
    title.setMinWidth(Region.USE_PREF_SIZE);
    return title;
  }

  public static VBox column(double gap, Node... nodes) {
    return new VBox(gap, nodes);
  }

  public static VBox card(Node... nodes) {
    var card = new VBox(10, nodes);
    card.getStyleClass().add("card");
    return card;
  }

  /** The dot that says a state; the word beside it says the same. */
  public static Region dot(Tone tone) {
    var dot = new Region();
    dot.getStyleClass().add("dot");
    dot.setMinSize(Region.USE_PREF_SIZE, Region.USE_PREF_SIZE);
    dot.setMaxSize(Region.USE_PREF_SIZE, Region.USE_PREF_SIZE);
    return tone.on(dot);
  }

  /** A word that keeps its beginning when room is scarce. */
  public static Label word(String text, String... classes) {
    var word = new SafeLabel(text, SafeLabel.Shape.LINE).keep(TAG);
    word.getStyleClass().addAll(classes);
    return word;
  }

  /** A small rounded label. */
  public static Label tag(String text) {
    return word(text, "tag");
  }

  /** A key of the keyboard. */
  public static Label key(String text) {
    var key = label(text, "key");
    key.setMinWidth(Region.USE_PREF_SIZE);
    return key;
  }

  /**
   * Tabs of an inspector, which stay.
   *
   * @param name what a screen reader calls them
   */
  public static TabPane tabs(String name, Tab... tabs) {
    var pane = new TabPane(tabs);
    pane.getTabs().forEach(t -> t.setClosable(false));
    pane.getStyleClass().add("inspector-tabs");
    pane.setAccessibleText(name);
    VBox.setVgrow(pane, Priority.ALWAYS);
    return pane;
  }

  /** What a tab shows; the last node takes the room that is left. */
  public static VBox tabBody(Node... nodes) {
    var body = new VBox(8, nodes);
    body.getStyleClass().add("tab-body");
    return body;
  }

  public static <N extends Node> N grow(N node) {
    HBox.setHgrow(node, Priority.ALWAYS);
    VBox.setVgrow(node, Priority.ALWAYS);
    if (node instanceof Region region) {
      region.setMaxWidth(Double.MAX_VALUE);
    }
    return node;
  }

  /** Puts a text on the clipboard. */
  public static void toClipboard(String text) {
    Clipboard.getSystemClipboard().setContent(Map.of(DataFormat.PLAIN_TEXT, text));
  }

  /** Shows a node or takes it out of the layout. */
  public static void show(Node node, boolean visible) {
    node.setVisible(visible);
    node.setManaged(visible);
  }
}
