package dev.hivedeck.ui.view.slo;

import dev.hivedeck.engine.protocol.view.SloViews;
import dev.hivedeck.ui.control.table.CellContent;
import dev.hivedeck.ui.control.table.EntityMenu;
import dev.hivedeck.ui.control.table.EntityTable;
import dev.hivedeck.ui.control.table.FilterField;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.action.ExternalEditor;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.EmptyState;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import javafx.scene.control.Label;

/** Alerting and recording rules, how they stand, and where they are written. */
final class RuleList {
  /** What the places of rules begin with. */
  static final String PLACE = "rule:";

  private static final String HIVE = "hive.yaml";

  private final ScreenContext context;
  private final Texts texts;
  private final FilterField search;
  private final EntityTable<SloViews.Rule> table;
  private List<SloViews.Rule> all = List.of();

  RuleList(ScreenContext context, FilterField search) {
    this.context = context;
    this.texts = context.texts();
    this.search = search;
    table = newRules();
    table.onOpen(() -> table.selected().stream().findFirst().ifPresent(this::openSource));
    table.setPlaceholder(
        EmptyState.empty(
            Icon.ALERT, texts.text("slo.rules.empty"), texts.text("slo.rules.empty.more")));
  }

  EntityTable<SloViews.Rule> table() {
    return table;
  }

  int size() {
    return all.size();
  }

  void show(List<SloViews.Rule> now) {
    all = now;
    renew();
  }

  /** What the letters of the filter leave. */
  void renew() {
    var wanted = new ArrayList<SloViews.Rule>();
    for (var r : all) {
      if (search.finds(r.name(), r.query(), r.state(), r.problem())) {
        wanted.add(r);
      }
    }
    wanted.sort(table.order(Comparator.comparingInt(all::indexOf)));
    table.renew(wanted);
  }

  private EntityTable<SloViews.Rule> newRules() {
    return new EntityTable<SloViews.Rule>(
            context, texts.text("slo.list.rules"), SloViews.Rule::name, this::renew)
        .column(
            texts.text("slo.col.rule"),
            240,
            150,
            0,
            Comparator.comparing(r -> own(r.name())),
            CellContent.of(() -> Widgets.label("", "strong"), this::fillRule))
        .column(
            texts.text("slo.col.state"),
            110,
            90,
            1,
            Comparator.comparing(SloViews.Rule::state),
            CellContent.of(
                () -> Widgets.label(""),
                (label, r) -> {
                  label.setText(word("slo.rule.state.", r.state()));
                  tone(r).on(label);
                }))
        .column(
            texts.text("slo.col.kind"),
            90,
            80,
            4,
            Comparator.comparing(SloViews.Rule::kind),
            CellContent.text(r -> word("slo.rule.kind.", r.kind()), "soft"))
        .column(
            texts.text("slo.col.source"),
            200,
            120,
            3,
            Comparator.comparing(r -> place(r.name())),
            CellContent.text(r -> place(r.name()), "soft"))
        .column(
            texts.text("slo.col.query"),
            480,
            160,
            2,
            null,
            CellContent.of(
                () -> Widgets.label("", "mono"),
                (label, r) -> {
                  label.setText(
                      r.problem().isEmpty()
                          ? r.query().replaceAll("\\s+", " ")
                          : texts.said(r.problem()));
                  (r.problem().isEmpty() ? Tone.NEUTRAL : Tone.RED).on(label);
                }))
        .remember("rules")
        .menu(
            new EntityMenu<SloViews.Rule>(context)
                .one(Icon.FILE, "slo.rule.open", _ -> true, this::openSource)
                .copy("slo.rule.copy", SloViews.Rule::query)
                .copy("menu.copy.name", r -> own(r.name())));
  }

  private String word(String key, String word) {
    return texts.has(key + word) ? texts.text(key + word) : word;
  }

  private static Tone tone(SloViews.Rule r) {
    return !r.problem().isEmpty()
        ? Tone.RED
        : r.state().equals("firing") ? Tone.AMBER : Tone.NEUTRAL;
  }

  private void fillRule(Label label, SloViews.Rule r) {
    label.setText(own(r.name()));
    var icon =
        !r.problem().isEmpty()
            ? Icon.CANCEL
            : r.state().equals("firing")
                ? Icon.ALERT
                : r.state().equals("pending") ? Icon.WAITING : Icon.CHECK;
    label.setGraphic(tone(r).on(icon.node()));
  }

  /** The last of its name. */
  static String own(String name) {
    return name.substring(name.lastIndexOf('/') + 1).replace(PLACE, "");
  }

  /** Where it stands. */
  static String place(String name) {
    var all = name.replace(PLACE, "");
    int slash = all.lastIndexOf('/');
    return slash < 0 ? all : all.substring(0, slash);
  }

  private void openSource(SloViews.Rule rule) {
    openSource(rule.name());
  }

  /** Opens the file that a rule is written in, where the person edits. */
  void openSource(String name) {
    var workspace = context.live().workspace().get();
    if (workspace == null) {
      return;
    }
    var root = Path.of(workspace.path());
    Thread.ofVirtual()
        .name("rule-file")
        .start(() -> new ExternalEditor(context).open(root, file(root, name.replace(PLACE, ""))));
  }

  /** The file: what is left of a place when its group and its rule are taken off. */
  private static String file(Path root, String place) {
    for (var at = place; !at.isEmpty(); at = at.substring(0, Math.max(0, at.lastIndexOf('/')))) {
      if (at.equals(HIVE)) {
        return ".hivedeck/" + HIVE;
      }
      if (Files.isRegularFile(root.resolve(at))) {
        return at;
      }
    }
    return null;
  }
}
