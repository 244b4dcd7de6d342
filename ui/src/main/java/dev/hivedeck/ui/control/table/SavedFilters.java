package dev.hivedeck.ui.control.table;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import javafx.scene.control.MenuButton;
import javafx.scene.control.MenuItem;
import javafx.scene.control.SeparatorMenuItem;

/** What a list was narrowed to before and will be again: kept by the person, for each list. */
public final class SavedFilters extends MenuButton {
  /**
   * @param group the key of the pill that is chosen; empty for all
   * @param letters what is looked for
   */
  public record Saved(String group, String letters) {
    boolean nothing() {
      return letters.isBlank();
    }
  }

  private final ScreenContext context;
  private final String path;
  private final Supplier<Saved> now;
  private final Consumer<Saved> use;
  private final Function<String, String> names;

  /**
   * @param list which list it is, for example {@code tasks}
   * @param now how the list is narrowed now
   * @param use narrows it so
   * @param names what a group is called
   */
  public SavedFilters(
      ScreenContext context,
      String list,
      Supplier<Saved> now,
      Consumer<Saved> use,
      Function<String, String> names) {
    this.context = context;
    this.path = "filters." + list;
    this.now = now;
    this.use = use;
    this.names = names;
    getStyleClass().add("saved-filters");
    setGraphic(Icon.FILTER.node());
    setMinWidth(USE_PREF_SIZE);
    var name = context.texts().text("filters.saved");
    setAccessibleText(name);
    setTooltip(Widgets.tooltip(name));
    getItems().add(new MenuItem()); // A menu without entries does not open.
    setOnShowing(_ -> fill());
  }

  /**
   * For a list whose groups are the constants of an enum, named in the texts by the list and the
   * word of each.
   */
  public static <E extends Enum<E>> SavedFilters of(
      ScreenContext context, String list, FilterBar<E> groups, FilterField search, Class<E> type) {
    return new SavedFilters(
        context,
        list,
        () -> new Saved(groups.chosen().name(), search.getText().strip()),
        saved -> {
          groups.choose(Enum.valueOf(type, saved.group()));
          search.setText(saved.letters());
        },
        name -> context.texts().text(list + "." + name.toLowerCase(Locale.ROOT)));
  }

  /** For a list without groups. */
  public static SavedFilters of(ScreenContext context, String list, FilterField search) {
    return new SavedFilters(
        context,
        list,
        () -> new Saved("", search.getText().strip()),
        saved -> search.setText(saved.letters()),
        name -> name);
  }

  private void fill() {
    var texts = context.texts();
    var saved = saved();
    var here = now.get();
    getItems().clear();
    for (var filter : saved) {
      getItems().add(Widgets.menuItem(null, name(filter), true, () -> use.accept(filter)));
    }
    if (!saved.isEmpty()) {
      getItems().add(new SeparatorMenuItem());
    }
    if (saved.contains(here)) {
      getItems()
          .add(
              Widgets.menuItem(
                  null,
                  texts.text("filters.forget", name(here)),
                  true,
                  () -> keep(saved.stream().filter(f -> !f.equals(here)).toList())));
    } else {
      getItems()
          .add(
              Widgets.menuItem(
                  null,
                  texts.text(here.nothing() ? "filters.none" : "filters.save"),
                  !here.nothing(),
                  () -> {
                    var more = new ArrayList<>(saved);
                    more.add(here);
                    keep(more);
                  }));
    }
  }

  private String name(Saved filter) {
    var group = filter.group().isEmpty() ? "" : names.apply(filter.group());
    return group.isEmpty() ? filter.letters() : group + ": " + filter.letters();
  }

  private List<Saved> saved() {
    try {
      return Json.MAPPER.readValue(
          context.settings().text(path, "[]"), new TypeReference<List<Saved>>() {});
    } catch (JsonProcessingException e) {
      return List.of();
    }
  }

  private void keep(List<Saved> filters) {
    context.settings().put(path, Json.tree(filters).toString());
  }
}
