package dev.hivedeck.ui.control.table;

import dev.hivedeck.ui.shell.text.DisplayText;
import dev.hivedeck.ui.shell.text.Texts;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.scene.Node;
import javafx.scene.control.ToggleButton;
import javafx.scene.layout.FlowPane;

/**
 * Pills that say how many things there are of each sort; the chosen one filters.
 *
 * @param <K> what stands for a sort; null for all
 */
public final class FilterBar<K> extends FlowPane {
  /**
   * One sort.
   *
   * @param count how many there are; negative where that is not what it is about
   */
  public record Pill<K>(K key, String name, long count) {
    public Pill(K key, String name) {
      this(key, name, -1);
    }
  }

  private final Texts texts;
  private final Map<K, ToggleButton> buttons = new HashMap<>();
  private final ReadOnlyObjectWrapper<K> chosen = new ReadOnlyObjectWrapper<>();

  public FilterBar(Texts texts) {
    super(8, 6);
    this.texts = texts;
    getStyleClass().add("filter-bar");
    setPrefWrapLength(0);
    setMinWidth(0);
  }

  @Override
  protected double computePrefWidth(double height) {
    double all = snappedLeftInset() + snappedRightInset();
    for (var pill : getChildren()) {
      all += snapSizeX(pill.prefWidth(-1)) + getHgap();
    }
    return snapSizeX(getPrefWrapLength() > 0 ? Math.min(all, getPrefWrapLength()) : all);
  }

  /** Shows these, in this order; one that is known keeps its button. */
  public void show(List<Pill<K>> pills) {
    var shown = pills.stream().<Node>map(this::button).toList();
    if (!shown.equals(getChildren())) {
      getChildren().setAll(shown);
    }
  }

  public K chosen() {
    return chosen.get();
  }

  public ReadOnlyObjectProperty<K> chosenProperty() {
    return chosen.getReadOnlyProperty();
  }

  public void choose(K key) {
    chosen.set(key);
    buttons.forEach((k, b) -> b.setSelected(Objects.equals(k, key)));
  }

  private ToggleButton button(Pill<K> pill) {
    var button = buttons.computeIfAbsent(pill.key(), this::make);
    var name = DisplayText.line(pill.name());
    var text = pill.count() < 0 ? name : name + " " + texts.count(pill.count());
    if (!text.equals(button.getText())) {
      button.setText(text);
    }
    return button;
  }

  private ToggleButton make(K key) {
    var button = new ToggleButton();
    button.setMnemonicParsing(false);
    button.getStyleClass().add("chip");
    button.setMinWidth(USE_PREF_SIZE);
    button.setSelected(Objects.equals(key, chosen.get()));
    button.setOnAction(_ -> choose(key));
    return button;
  }
}
