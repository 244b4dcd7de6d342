package dev.hivedeck.ui.control;

import dev.hivedeck.engine.protocol.Views;
import dev.hivedeck.ui.shell.Desk;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.SimpleObjectProperty;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;
import javafx.geometry.Pos;
import javafx.scene.control.ContentDisplay;
import javafx.scene.control.TableCell;
import javafx.scene.control.TableColumn;
import javafx.scene.control.TableView;
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
public final class ThingTable<V extends Views.View> extends TableView<V> {
  private static final Logger LOG = LoggerFactory.getLogger(ThingTable.class);
  private static final double ROW = 32;
  private static final double SCROLL_BAR = 12;

  /** What stands in a head besides its word: padding, and the arrow of the order. */
  private static final double HEAD = 30;

  /** As wide as a column of a table may be at all. */
  private static final double WIDEST = 5_000;

  /**
   * How much wider than it wants a column may be, unless it is the widest, which takes the rest.
   */
  private static final double SLACK = 1.5;

  /** Beyond this many changed rows the whole is set at once. */
  private static final int MANY = 300;

  private final Desk desk;
  private final ObservableList<V> rows = FXCollections.observableArrayList();
  private final ReadOnlyObjectWrapper<String> chosen = new ReadOnlyObjectWrapper<>();
  private final List<Spec> specs = new ArrayList<>();
  private boolean renewing;

  private record Spec(TableColumn<?, ?> column, double width, double least, int rank) {}

  /**
   * @param name what a screen reader calls it
   * @param sort runs when the person wants another order; see {@link #order}
   */
  public ThingTable(Desk desk, String name, Runnable sort) {
    this.desk = desk;
    getStyleClass().add("thing-table");
    setAccessibleText(name);
    setItems(rows);
    fixedCellSizeProperty().bind(desk.theme().scale().multiply(ROW));
    setColumnResizePolicy(TableView.CONSTRAINED_RESIZE_POLICY_FLEX_LAST_COLUMN);
    setSortPolicy(
        _ -> {
          if (!rows.isEmpty()) {
            sort.run();
          }
          return true;
        });
    widthProperty().subscribe(this::fit);
    getSelectionModel()
        .selectedItemProperty()
        .subscribe(
            thing -> {
              if (!renewing && thing != null) {
                chosen.set(thing.id());
              }
            });
  }

  /**
   * Adds a column.
   *
   * @param rank what hides first when there is no room: the highest; 0 never hides
   * @param order how a click on its head sorts, or null
   */
  public ThingTable<V> column(
      String title,
      double width,
      double least,
      int rank,
      Comparator<V> order,
      Supplier<Face<V>> face) {
    var column = new TableColumn<V, V>(title);
    column.setPrefWidth(width);
    column.setMinWidth(least);
    column.setReorderable(false);
    column.setSortable(order != null);
    if (order != null) {
      column.setComparator(order);
    }
    column.setCellValueFactory(f -> new SimpleObjectProperty<>(f.getValue()));
    column.setCellFactory(_ -> new FaceCell<>(face.get()));
    specs.add(new Spec(column, width, Math.max(least, headed(title)), rank));
    getColumns().add(column);
    return this;
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
  public void choose(String id) {
    chosen.set(id);
    var place = place(id);
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
    if (getComparator() != null) {
      return getComparator().thenComparing(otherwise);
    }
    if (!isHover() || rows.isEmpty()) {
      return otherwise;
    }
    var places = new HashMap<String, Integer>();
    rows.forEach(v -> places.put(v.id(), places.size()));
    return Comparator.<V>comparingInt(v -> places.getOrDefault(v.id(), Integer.MAX_VALUE))
        .thenComparing(otherwise);
  }

  /** Shows these, in this order. */
  public void renew(List<V> wanted) {
    quietly(
        () -> {
          if (changes(wanted) > MANY) {
            rows.setAll(wanted);
          } else {
            stepwise(wanted);
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

  /** What is shown now. */
  public List<V> rows() {
    return rows;
  }

  private void stepwise(List<V> wanted) {
    for (int i = 0; i < wanted.size(); i++) {
      if (i >= rows.size()) {
        rows.addAll(wanted.subList(i, wanted.size()));
      } else if (rows.get(i) != wanted.get(i)) {
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
      if (rows.get(i) != wanted.get(i)) {
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

  private int place(String id) {
    if (id != null) {
      for (int i = 0; i < rows.size(); i++) {
        if (Objects.equals(rows.get(i).id(), id)) {
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
    var room = getWidth() - SCROLL_BAR;
    if (room <= 0) {
      return;
    }
    var scale = desk.theme().scale().get();
    var byNeed = new ArrayList<>(specs);
    byNeed.sort(Comparator.comparingInt(Spec::rank));
    var widest = Collections.max(specs, Comparator.comparingDouble(Spec::width));
    double needed =
        scale * specs.stream().filter(s -> s.rank() == 0).mapToDouble(Spec::least).sum();
    double squeeze = Math.min(1, room / needed);
    double used = 0;
    for (var spec : byNeed) {
      var least = spec.least() * scale * (spec.rank() == 0 ? squeeze : 1);
      spec.column().setMinWidth(least);
      spec.column()
          .setMaxWidth(spec == widest ? WIDEST : Math.max(least, spec.width() * scale * SLACK));
      var fits = spec.rank() == 0 || used + least <= room;
      spec.column().setVisible(fits);
      used = fits ? used + least : room;
    }
  }

  private static final class FaceCell<V extends Views.View> extends TableCell<V, V> {
    private final Face<V> face;

    FaceCell(Face<V> face) {
      this.face = face;
      setContentDisplay(ContentDisplay.GRAPHIC_ONLY);
      setAlignment(Pos.CENTER_LEFT);
    }

    @Override
    protected void updateItem(V thing, boolean empty) {
      super.updateItem(thing, empty);
      // Hidden, not taken out: what comes into a scene anew is styled anew.
      face.node().setVisible(!empty && thing != null);
      if (face.node().isVisible()) {
        try {
          face.show(thing);
        } catch (RuntimeException e) {
          // One cell stays empty; the table, and what is chosen in it, goes on.
          LOG.warn("A cell could not show {}", thing.id(), e);
          face.node().setVisible(false);
        }
        if (getGraphic() != face.node()) {
          setGraphic(face.node());
        }
      }
    }
  }
}
