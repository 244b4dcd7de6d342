package dev.hivedeck.ui.shell.part;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.ui.Fx;
import dev.hivedeck.ui.Hostile;
import dev.hivedeck.ui.shell.text.Plain;
import dev.hivedeck.ui.shell.theme.TextShaping;
import java.util.ArrayList;
import javafx.beans.property.SimpleStringProperty;
import javafx.scene.Scene;
import javafx.scene.control.skin.LabelSkin;
import javafx.scene.layout.StackPane;
import javafx.scene.text.Font;
import javafx.scene.text.Text;
import org.junit.jupiter.api.Test;

class WordsTest {
  /** Without {@link TextShaping} Arabic and Hebrew throw here at most widths. */
  @Test
  void everyTextWrapsAtEveryWidth() {
    Fx.run(TextShaping::mend);
    Hostile.texts()
        .forEach(
            (name, text) -> {
              var shown = text.substring(0, Math.min(300, text.length()));
              Fx.run(
                  () -> {
                    for (int width = 20; width <= 500; width += 20) {
                      var node = new Text(shown);
                      node.setFont(Font.font("Inter", 13));
                      node.setWrappingWidth(width);
                      assertThat(node.getLayoutBounds().getHeight()).as(name).isPositive();
                    }
                  });
            });
  }

  @Test
  void aWrappedLineHoldsOnlyItsOwnWords() {
    Fx.run(TextShaping::mend);
    var tall =
        Fx.get(
            () -> {
              var node = new Text(Hostile.texts().get("arabic"));
              node.setFont(Font.font("Inter", 13));
              node.setWrappingWidth(160);
              return node.getLayoutBounds();
            });
    assertThat(tall.getWidth()).isLessThanOrEqualTo(170);
  }

  @Test
  void aTextThatCannotBeLaidOutIsShownInPlainLetters() {
    var label =
        Fx.get(
            () -> {
              var made = new Words("mühsam שלום", Words.Shape.PROSE);
              breakLayout(made);
              var pane = new StackPane(made);
              new Scene(pane, 200, 100);
              pane.applyCss();
              pane.layout();
              return made;
            });
    assertThat(label.getText()).isEqualTo("mu?hsam ????");
  }

  // As no text is known that breaks it still, a skin does.
  private static void breakLayout(Words words) {
    words.setSkin(
        new LabelSkin(words) {
          @Override
          protected double computePrefHeight(
              double width, double top, double right, double bottom, double left) {
            if (words.getText().chars().anyMatch(c -> c > 127)) {
              throw new ArrayIndexOutOfBoundsException("Index -3 out of bounds for length 61");
            }
            return super.computePrefHeight(width, top, right, bottom, left);
          }
        });
  }

  @Test
  void wordsThatFollowOthersAreNoLessPlain() {
    var told = new SimpleStringProperty("calm");
    var words = Fx.get(() -> new Words("", Words.Shape.LINE));
    Fx.run(() -> words.textProperty().bind(told));
    Fx.run(() -> told.set("a\u202eb" + "x".repeat(100_000)));
    assertThat(words.getText()).startsWith("a\\u202eb").hasSizeLessThan(500);
  }

  @Test
  void whatIsHiddenIsSpelledOut() {
    assertThat(Plain.line("a\u0000b\u202ec\u001b[31mred\u001b[0m\r\nnext"))
        .isEqualTo("a\\0b\\u202ecred\\nnext");
    assertThat(Plain.text("one\n\ttwo\u2028three")).isEqualTo("one\n    two\nthree");
    assertThat(Plain.line("Wörter – “so” · fertig…")).isEqualTo("Wörter – “so” · fertig…");
    assertThat(Plain.line("👨‍👩‍👧‍👦 ❤️")).isEqualTo("👨‍👩‍👧‍👦 ❤");
    assertThat(Plain.line("e" + "\u0301".repeat(50))).hasSize(5);
    assertThat(Plain.line("x".repeat(100_000))).hasSizeLessThan(500).endsWith("… [+99600]");
    assertThat(Plain.line("a\ud800b")).isEqualTo("a\\ud800b");
    assertThat(Plain.line("a\udb40\udc41b")).isEqualTo("a\\U000e0041b");
    assertThat(Plain.line("npm\u200dtest \u200f \u00ad")).isEqualTo("npm\\u200dtest \\u200f \\xad");
    assertThat(Plain.line(null)).isNull();
  }

  @Test
  void nothingOfHostileTextIsLongerThanAWindowCanShow() {
    var lengths = new ArrayList<Integer>();
    Hostile.texts().values().forEach(t -> lengths.add(Plain.text(t).length()));
    assertThat(lengths).allMatch(l -> l < 11_000);
  }
}
