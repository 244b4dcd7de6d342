package dev.hivedeck.ui.view.slo.form;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.view.slo.form.ObjectiveDraft.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javafx.scene.control.ComboBox;
import javafx.scene.control.TextField;
import javafx.util.StringConverter;

/** What a person writes of an objective, against what {@code hive.yaml} has. */
final class ObjectiveFields {
  final TextField name = new TextField();
  final TextField description = new TextField();
  final ComboBox<Kind> kind = new ComboBox<>();
  final TextField first = new TextField();
  final TextField second = new TextField();
  final TextField target = new TextField();
  final TextField window = new TextField();
  final TextField runbook = new TextField();
  private final Texts texts;
  private JsonNode before = MissingNode.getInstance();
  private boolean own = true;

  /**
   * @param changed hears whenever anything is written
   */
  ObjectiveFields(Texts texts, Runnable changed) {
    this.texts = texts;
    kind.getItems().setAll(Kind.values());
    kind.setValue(Kind.GOOD);
    kind.setMaxWidth(Double.MAX_VALUE);
    kind.setConverter(new Words(texts));
    for (var field : List.of(name, description, first, second, target, window, runbook)) {
      field.textProperty().subscribe(_ -> changed.run());
    }
    kind.valueProperty().subscribe(_ -> changed.run());
    for (var field : List.of(first, second)) {
      field.getStyleClass().add("mono");
    }
    target.setPromptText("99.5%");
    window.setPromptText("30d");
    runbook.setPromptText("https://");
  }

  /** Whether the file has it. */
  boolean isThere() {
    return !before.isMissingNode();
  }

  /** Whether what is counted has fields here. */
  boolean hasIndicator() {
    return own;
  }

  /** Whether the window is one that rolls; a calendar's has no field. */
  boolean hasWindow() {
    return !before.path("window").isObject();
  }

  /**
   * Fills them in.
   *
   * @param there as it is in the file; missing for a new one
   * @param values what is written in at first, by their pointers
   */
  void fill(JsonNode there, Map<String, String> values) {
    before = there;
    var found = Kind.of(before.path("indicator")).or(() -> Kind.of(values));
    own = before.isMissingNode() || found.isPresent();
    kind.setValue(found.orElse(Kind.GOOD));
    fields().forEach((at, field) -> field.setText(text(before, at, values)));
  }

  private Map<String, TextField> fields() {
    var fields = new LinkedHashMap<String, TextField>();
    fields.put("description", description);
    if (own) {
      fields.put("indicator/" + kind.getValue().first(), first);
      fields.put("indicator/" + kind.getValue().second(), second);
    }
    fields.put("target", target);
    if (hasWindow()) {
      fields.put("window", window);
    }
    fields.put("runbook", runbook);
    return fields;
  }

  private static String text(JsonNode of, String at, Map<String, String> values) {
    var there = of.at("/" + at);
    return there.isValueNode() ? there.asText() : values.getOrDefault(at, "");
  }

  /**
   * Takes over what somebody else has written meanwhile: what was not touched here follows, what
   * was stays.
   *
   * @return what is different now, in words
   */
  List<String> follow(JsonNode now) {
    if (now.isMissingNode()) {
      before = now;
      return List.of(texts.text("slo.form.gone"));
    }
    var was = before;
    var told = new ArrayList<String>();
    if (own && !was.path("indicator").equals(now.path("indicator"))) {
      followIndicator(was, now, told);
    }
    for (var at : List.of("description", "target", "window", "runbook")) {
      var field = fields().get(at);
      var old = text(was, at, Map.of());
      var other = text(now, at, Map.of());
      if (field == null || old.equals(other)) {
        continue;
      }
      boolean untouched = field.getText().equals(old);
      told.add(told("slo.form." + at, old, other, untouched || field.getText().equals(other)));
      if (untouched) {
        field.setText(other);
      }
    }
    before = now;
    return told;
  }

  private void followIndicator(JsonNode was, JsonNode now, List<String> told) {
    var old = Kind.of(was.path("indicator")).orElse(Kind.GOOD);
    boolean untouched =
        kind.getValue() == old
            && first.getText().equals(text(was, "indicator/" + old.first(), Map.of()))
            && second.getText().equals(text(was, "indicator/" + old.second(), Map.of()));
    var found = Kind.of(now.path("indicator"));
    boolean follows = untouched && found.isPresent();
    told.add(
        told(
            "slo.form.kind",
            was.path("indicator").toString(),
            now.path("indicator").toString(),
            follows));
    if (follows) {
      kind.setValue(found.get());
      first.setText(text(now, "indicator/" + found.get().first(), Map.of()));
      second.setText(text(now, "indicator/" + found.get().second(), Map.of()));
    }
  }

  private String told(String key, String old, String now, boolean followed) {
    var none = texts.text("slo.form.nothing");
    return texts.text(
        followed ? "slo.form.other.changed" : "slo.form.other.kept",
        texts.text(key),
        old.isEmpty() ? none : old,
        now.isEmpty() ? none : now);
  }

  /** As it is written now. */
  ObjectiveDraft draft() {
    var values = new LinkedHashMap<String, String>();
    if (own) {
      var is = kind.getValue();
      // What another kind has is taken out.
      for (var other : Kind.values()) {
        for (var key : List.of(other.first(), other.second())) {
          var top = key.split("/")[0];
          if (!is.first().startsWith(top) && !is.second().startsWith(top)) {
            values.put("indicator/" + top, "");
          }
        }
      }
    }
    fields()
        .forEach((at, field) -> values.put(at, Objects.requireNonNullElse(field.getText(), "")));
    return new ObjectiveDraft(name.getText().strip(), before, values);
  }

  /** How the kinds are called. */
  private static final class Words extends StringConverter<Kind> {
    private final Texts texts;

    Words(Texts texts) {
      this.texts = texts;
    }

    @Override
    public String toString(Kind kind) {
      return kind == null ? "" : texts.word("slo.kind", kind);
    }

    @Override
    public Kind fromString(String name) {
      throw new UnsupportedOperationException();
    }
  }
}
