package dev.hivedeck.ui.control.table;

import dev.hivedeck.engine.protocol.view.View;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.text.Hotkey;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import javafx.application.Platform;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.SimpleObjectProperty;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;
import javafx.geometry.Insets;
import javafx.geometry.Pos;
import javafx.scene.control.Button;
import javafx.scene.control.ContentDisplay;
import javafx.scene.control.SelectionMode;
import javafx.scene.control.TableCell;
import javafx.scene.control.TableColumn;
import javafx.scene.control.TableView;
import javafx.scene.input.MouseEvent;
import javafx.scene.layout.StackPane;
import javafx.scene.text.Font;
import javafx.scene.text.FontWeight;
import javafx.scene.text.Text;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A table that is calm while its data moves: the chosen thing stays chosen wherever it goes, a row
 * that did not change is not touched, and a column that has no room hides instead of clipping.
 *
 * @param <V> the kind of thing in its rows
 */
public final class EntityTable<V> extends TableView<V> {
  private static final Logger LOG = LoggerFactory.getLogger(EntityTable.class);
  private static final double ROW = 32;
  private static final double SCROLL_BAR = 12;

  /** What stands in a head besides its word: padding, and the arrow of the order. */
  private static final double HEAD = 30;

  /** Beyond this many changed rows the whole is set at once. */
  private static final int MANY = 300;

  private static final int SEEN = 1_000;

  private final ScreenContext context;
  private final Function<V, String> id;
  private final ObservableList<V> rows = FXCollections.observableArrayList();
  private final ReadOnlyObjectWrapper<String> chosen = new ReadOnlyObjectWrapper<>();
  private final List<Spec<V>> specs = new ArrayList<>();
  private final Button hint;
  private String memory;
  private Heads pressed;
  private boolean renewing;

  /** The person has just asked for another order: it is made at once, wherever the pointer is. */
  private boolean ordered;

  /** What the rows would be sorted by, did the pointer not rest on them; null when they are. */
  private Comparator<V> waiting;

  private record Spec<V>(TableColumn<V, ?> column, double width, double least, int rank) {
    double wanted() {
      return Math.max(least, width);
    }

    Spec<V> wide(double wanted) {
      return new Spec<>(column, wanted, least, rank);
    }
  }

  /** The columns as they stand, and how wide each is. */
  private record Heads(List<TableColumn<?, ?>> columns, List<Double> widths) {
    static Heads of(TableView<?> table) {
      return new Heads(
          List.copyOf(table.getColumns()),
          table.getColumns().stream().map(TableColumn::getWidth).toList());
    }

    double width(TableColumn<?, ?> column) {
      return widths.get(columns.indexOf(column));
    }
  }

  /**
   * @param name what a screen reader calls it
   * @param sort runs when the person wants another order; see {@link #order}
   */
  public static <V extends View> EntityTable<V> of(
      ScreenContext context, String name, Runnable sort) {
    return new EntityTable<>(context, name, View::id, sort);
  }

  /**
   * As {@link #of}.
   *
   * @param id what a row is known by, however it changes
   */
  public EntityTable(ScreenContext context, String name, Function<V, String> id, Runnable sort) {
    this.context = context;
    this.id = id;
    getStyleClass().add("thing-table");
    setAccessibleText(name);
    setItems(rows);
    fixedCellSizeProperty().bind(context.theme().scale().multiply(ROW));
    setColumnResizePolicy(TableView.UNCONSTRAINED_RESIZE_POLICY); // See fit().
    setSortPolicy(
        _ -> {
          if (!rows.isEmpty()) {
            ordered = true;
            sort.run();
            rememberOrder();
          }
          return true;
        });
    getSelectionModel().setSelectionMode(SelectionMode.MULTIPLE);
    hint =
        Widgets.button(
            context.texts().text("table.sort"),
            () -> {
              ordered = true;
              sort.run();
            },
            "table-hint");
    hint.setGraphic(Icon.RETRY.node());
    hint.setFocusTraversable(false);
    Widgets.show(hint, false);
    hoverProperty()
        .addListener(
            (_, _, hover) -> {
              if (!hover && waiting != null) {
                sort.run();
              }
            });
    widthProperty().subscribe(this::fit);
    getSelectionModel()
        .selectedItemProperty()
        .subscribe(
            thing -> {
              if (!renewing && thing != null) {
                chosen.set(id.apply(thing));
              }
            });
  }

  /**
   * Adds a column.
   *
   * @param rank what hides first when there is no room: the highest; 0 never hides
   * @param order how a click on its head sorts, or null
   */
  public EntityTable<V> column(
      String title,
      double width,
      double least,
      int rank,
      Comparator<V> order,
      Supplier<CellContent<V>> face) {
    var column = new TableColumn<V, V>(title);
    column.setPrefWidth(width);
    column.setMinWidth(least);
    column.setSortable(order != null);
    if (order != null) {
      column.setComparator(order);
    }
    column.setCellValueFactory(f -> new SimpleObjectProperty<>(f.getValue()));
    column.setCellFactory(_ -> new FaceCell<>(face.get()));
    specs.add(new Spec<>(column, width, Math.max(least, headed(title)), rank));
    getColumns().add(column);
    return this;
  }

  /**
   * Remembers order, widths and sorting of the columns; call it when all are there.
   *
   * @param list which list it is, for example {@code tasks}
   */
  public EntityTable<V> remember(String list) {
    memory = "tables." + list;
    recall();
    // Widths change with the window, too: only what a person dragged is worth remembering.
    addEventFilter(
        MouseEvent.MOUSE_PRESSED,
        e -> pressed = e.getY() < getFixedCellSize() * 1.4 ? Heads.of(this) : null);
    addEventFilter(MouseEvent.MOUSE_RELEASED, _ -> Platform.runLater(this::released));
    return this;
  }

  /** Makes each row as high as what it shows. */
  public EntityTable<V> tall() {
    fixedCellSizeProperty().unbind();
    setFixedCellSize(USE_COMPUTED_SIZE);
    return this;
  }

  /** What can be done with the selected things: the other button of the mouse shows it. */
  public EntityTable<V> menu(EntityMenu<V> menu) {
    menu.on(this, this::selected);
    return this;
  }

  /** What Enter does with the chosen thing. */
  public EntityTable<V> onOpen(Runnable open) {
    setOnKeyPressed(
        e -> {
          if (Hotkey.OPEN.pressed(e)) {
            open.run();
          }
        });
    return this;
  }

  /** The table, and above it what says that its order waits for the pointer to leave. */
  public StackPane framed() {
    StackPane.setAlignment(hint, Pos.BOTTOM_CENTER);
    StackPane.setMargin(hint, new Insets(0, 0, 14, 0));
    return new StackPane(this, hint);
  }

  /** The selected things, from top to bottom. */
  public List<V> selected() {
    return getSelectionModel().getSelectedIndices().stream()
        .filter(i -> i >= 0 && i < rows.size())
        .sorted()
        .map(rows::get)
        .toList();
  }

  private void released() {
    var before = pressed;
    pressed = null;
    if (before == null || before.equals(Heads.of(this))) {
      return;
    }
    var scale = context.theme().scale().get();
    specs.replaceAll(
        spec ->
            Math.abs(spec.column().getWidth() - before.width(spec.column())) < 1
                ? spec
                : spec.wide(Math.round(spec.column().getWidth() / scale)));
    context
        .settings()
        .put(
            memory + ".columns",
            getColumns().stream()
                .map(this::spec)
                .map(i -> i + ":" + Math.round(specs.get(i).width()))
                .collect(Collectors.joining(" ")));
    fit();
  }

  private void rememberOrder() {
    if (memory != null && !renewing) {
      context
          .settings()
          .put(
              memory + ".sort",
              getSortOrder().stream()
                  .map(c -> spec(c) + ":" + c.getSortType().name())
                  .collect(Collectors.joining(" ")));
    }
  }

  private void recall() {
    var order = new ArrayList<TableColumn<V, ?>>();
    for (var word : context.settings().text(memory + ".columns", "").split(" ")) {
      var parts = word.split(":");
      if (parts.length == 2 && parts[0].matches("\\d{1,2}") && parts[1].matches("\\d{1,4}")) {
        int place = Integer.parseInt(parts[0]);
        if (place < specs.size() && !order.contains(specs.get(place).column())) {
          order.add(specs.get(place).column());
          int width = Integer.parseInt(parts[1]);
          specs.set(place, specs.get(place).wide(width));
        }
      }
    }
    if (order.size() == specs.size()) {
      getColumns().setAll(order);
    }
    for (var word : context.settings().text(memory + ".sort", "").split(" ")) {
      var parts = word.split(":");
      if (parts.length == 2 && parts[0].matches("\\d{1,2}")) {
        int place = Integer.parseInt(parts[0]);
        if (place < specs.size()) {
          var column = specs.get(place).column();
          column.setSortType(
              parts[1].equals("DESCENDING")
                  ? TableColumn.SortType.DESCENDING
                  : TableColumn.SortType.ASCENDING);
          getSortOrder().add(column);
        }
      }
    }
  }

  private int spec(TableColumn<V, ?> column) {
    for (int i = 0; i < specs.size(); i++) {
      if (specs.get(i).column() == column) {
        return i;
      }
    }
    return -1;
  }

  /** An order by a word; those without it come last. */
  public static <V> Comparator<V> by(Function<V, String> word) {
    return Comparator.comparing(word, Comparator.nullsLast(Comparator.naturalOrder()));
  }

  /** The id of the chosen thing, which may be filtered away just now; null when none is. */
  public ReadOnlyObjectProperty<String> chosen() {
    return chosen.getReadOnlyProperty();
  }

  /** Chooses the thing of that id and brings it into view. */
  public void choose(String wanted) {
    chosen.set(wanted);
    var place = place(wanted);
    if (place >= 0) {
      getSelectionModel().clearAndSelect(place);
      scrollTo(Math.max(0, place - 3));
    } else {
      quietly(getSelectionModel()::clearSelection);
    }
  }

  /**
   * The order to show things in: what the person chose by a head, else {@code otherwise}; but while
   * the pointer is on the rows they keep their places.
   */
  public Comparator<V> order(Comparator<V> otherwise) {
    var wanted = getComparator() == null ? otherwise : getComparator().thenComparing(otherwise);
    if (ordered || !isHover() || rows.isEmpty()) {
      ordered = false;
      waiting = null;
      return wanted;
    }
    waiting = wanted;
    return StableOrder.of(rows, id, otherwise);
  }

  /** Shows these, in this order. */
  public void renew(List<V> wanted) {
    Widgets.show(hint, waiting != null && !sorted(wanted, waiting));
    var several = getSelectionModel().getSelectedIndices().size() > 1 ? ids() : null;
    quietly(
        () -> {
          if (changes(wanted) > MANY) {
            rows.setAll(wanted);
          } else {
            stepwise(wanted);
          }
          if (several != null) {
            select(several);
            return;
          }
          var place = place(chosen.get());
          if (place < 0) {
            getSelectionModel().clearSelection();
          } else if (getSelectionModel().getSelectedIndex() != place
              || getSelectionModel().getSelectedIndices().size() != 1) {
            getSelectionModel().clearAndSelect(place);
          }
        });
  }

  private Set<String> ids() {
    return selected().stream().map(id).collect(Collectors.toSet());
  }

  /** Several stay selected, wherever they go. */
  private void select(Set<String> ids) {
    var places = new ArrayList<Integer>();
    for (int i = 0; i < rows.size(); i++) {
      if (ids.contains(id.apply(rows.get(i)))) {
        places.add(i);
      }
    }
    if (!places.equals(getSelectionModel().getSelectedIndices().stream().sorted().toList())) {
      getSelectionModel().clearSelection();
      places.forEach(getSelectionModel()::select);
    }
  }

  /** Looked at as far as anybody sees. */
  private static <V> boolean sorted(List<V> list, Comparator<V> order) {
    for (int i = 1; i < Math.min(list.size(), SEEN); i++) {
      if (order.compare(list.get(i - 1), list.get(i)) > 0) {
        return false;
      }
    }
    return true;
  }

  /** What is shown now. */
  public List<V> rows() {
    return rows;
  }

  private void stepwise(List<V> wanted) {
    for (int i = 0; i < wanted.size(); i++) {
      if (i >= rows.size()) {
        rows.addAll(wanted.subList(i, wanted.size()));
      } else if (!rows.get(i).equals(wanted.get(i))) {
        rows.set(i, wanted.get(i));
      }
    }
    if (rows.size() > wanted.size()) {
      rows.remove(wanted.size(), rows.size());
    }
  }

  private int changes(List<V> wanted) {
    var changes = Math.abs(wanted.size() - rows.size());
    for (int i = 0; i < Math.min(wanted.size(), rows.size()) && changes <= MANY; i++) {
      if (!rows.get(i).equals(wanted.get(i))) {
        changes++;
      }
    }
    return changes;
  }

  private void quietly(Runnable work) {
    var before = renewing;
    renewing = true;
    work.run();
    renewing = before;
  }

  private int place(String wanted) {
    if (wanted != null) {
      for (int i = 0; i < rows.size(); i++) {
        if (Objects.equals(id.apply(rows.get(i)), wanted)) {
          return i;
        }
      }
    }
    return -1;
  }

  /** The width that its head needs, so that no language cuts it. */
  private static double headed(String title) {
    if (title.isEmpty()) {
      return 0;
    }
    var head = new Text(title);
    head.setFont(Font.font("Inter", FontWeight.BOLD, 13));
    return Math.ceil(head.getLayoutBounds().getWidth()) + HEAD;
  }

  // What has no room goes, the least needed first; what is left over goes to the widest.
  private void fit() {
    double room = Math.floor(getWidth() - snappedLeftInset() - snappedRightInset() - SCROLL_BAR);
    if (room <= 0) {
      return;
    }
    double scale = context.theme().scale().get();
    double least = 0;
    var shown = new ArrayList<Spec<V>>();
    boolean all = true;
    for (var spec : specs.stream().sorted(Comparator.comparingInt(Spec::rank)).toList()) {
      all &= spec.rank() == 0 || least + spec.least() * scale <= room;
      spec.column().setVisible(all || spec.rank() == 0);
      if (spec.column().isVisible()) {
        shown.add(spec);
        least += spec.least() * scale;
      }
    }
    double wanted = scale * shown.stream().mapToDouble(Spec::wanted).sum();
    double share = wanted <= least ? 1 : Math.clamp((room - least) / (wanted - least), 0, 1);
    double squeeze = Math.min(1, room / least);
    var widest = Collections.max(shown, Comparator.comparingDouble(Spec::width));
    double left = room;
    for (var spec : shown) {
      double given = spec.least() + share * (spec.wanted() - spec.least());
      double width = Math.floor(given * scale * squeeze);
      spec.column().setMinWidth(Math.floor(spec.least() * scale * squeeze));
      left -= spec == widest ? 0 : give(spec, width);
    }
    give(widest, Math.max(widest.column().getMinWidth(), left));
  }

  private double give(Spec<V> spec, double width) {
    spec.column().setPrefWidth(spec.column().getWidth()); // It counts only where it is new.
    spec.column().setPrefWidth(width);
    return width;
  }

  private static final class FaceCell<V> extends TableCell<V, V> {
    private final CellContent<V> cellContent;

    FaceCell(CellContent<V> cellContent) {
      this.cellContent = cellContent;
      setContentDisplay(ContentDisplay.GRAPHIC_ONLY);
      setAlignment(Pos.CENTER_LEFT);
    }

    @Override
    protected void updateItem(V thing, boolean empty) {
      super.updateItem(thing, empty);
      // Hidden, not taken out: what comes into a scene anew is styled anew.
      cellContent.node().setVisible(!empty && thing != null);
      if (cellContent.node().isVisible()) {
        try {
          cellContent.show(thing);
        } catch (RuntimeException e) {
          // One cell stays empty; the table, and what is chosen in it, goes on.
          LOG.warn("A cell could not show {}", thing, e);
          cellContent.node().setVisible(false);
        }
        if (getGraphic() != cellContent.node()) {
          setGraphic(cellContent.node());
        }
      }
    }
  }
}
