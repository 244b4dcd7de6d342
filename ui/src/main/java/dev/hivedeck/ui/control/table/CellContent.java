package dev.hivedeck.ui.control.table;

import dev.hivedeck.ui.shell.widget.Widgets;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
import javafx.scene.Node;

/**
 * What a cell of a table shows: one node, filled anew with each thing that comes into it.
 *
 * @param <V> the kind of thing
 */
public interface CellContent<V> {
  Node node();

  void show(V thing);

  /** A text, with an ellipsis where there is no room. */
  static <V> Supplier<CellContent<V>> text(Function<V, String> text, String... classes) {
    return of(() -> Widgets.label("", classes), (label, thing) -> label.setText(text.apply(thing)));
  }

  /** Any node, and how it is filled. */
  static <V, N extends Node> Supplier<CellContent<V>> of(Supplier<N> make, BiConsumer<N, V> fill) {
    return () -> {
      var node = make.get();
      return new CellContent<>() {
        @Override
        public Node node() {
          return node;
        }

        @Override
        public void show(V thing) {
          fill.accept(node, thing);
        }
      };
    };
  }
}
