package dev.hivedeck.ui.shell;

import atlantafx.base.theme.PrimerDark;
import atlantafx.base.theme.PrimerLight;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import javafx.application.Application;
import javafx.application.ColorScheme;
import javafx.application.Platform;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.scene.Scene;
import javafx.scene.paint.Color;
import javafx.scene.text.Font;

/**
 * Dark or light, live. Colours exist in one place, the token sheets {@code theme/dark.css} and
 * {@code theme/light.css}; what draws on a canvas reads them here.
 */
public final class Theme {
  private static final String HOME = "/hivedeck/theme/";
  private static final Pattern TOKEN =
      Pattern.compile("-hd-([a-z-]+):\\s*(#[0-9a-fA-F]{6,8})\\s*;");
  private static final List<String> FONTS =
      List.of(
          "Inter-Regular",
          "Inter-Medium",
          "Inter-SemiBold",
          "Inter-Bold",
          "JetBrainsMono-Regular",
          "JetBrainsMono-Bold");

  /** What the person chose. */
  public enum Choice {
    SYSTEM,
    DARK,
    LIGHT;

    public static Choice of(String word) {
      try {
        return valueOf(word.toUpperCase(Locale.ROOT));
      } catch (IllegalArgumentException e) {
        return SYSTEM;
      }
    }
  }

  /** The colours in force. */
  public record Look(boolean dark, Map<String, Color> tokens) {
    public Look {
      tokens = Map.copyOf(tokens);
    }

    /**
     * @param token its name without {@code -hd-}, for example {@code border}
     */
    public Color color(String token) {
      return Objects.requireNonNull(tokens.get(token), () -> "no token -hd-" + token);
    }

    public Color color(Tone tone) {
      return color(tone == Tone.NEUTRAL ? "muted" : tone.name().toLowerCase(Locale.ROOT));
    }
  }

  private final Settings settings;
  private final Map<Boolean, Look> looks = new HashMap<>();
  private final ReadOnlyObjectWrapper<Look> look = new ReadOnlyObjectWrapper<>();
  private final ReadOnlyObjectWrapper<Choice> choice = new ReadOnlyObjectWrapper<>();

  public Theme(Settings settings) {
    this.settings = settings;
    FONTS.forEach(
        f -> Font.loadFont(Theme.class.getResourceAsStream("/hivedeck/font/" + f + ".ttf"), 13));
    Platform.getPreferences().colorSchemeProperty().subscribe(_ -> refresh());
    choose(Choice.of(settings.text("theme", "system")));
  }

  /** What is in force; canvases redraw when it changes. */
  public ReadOnlyObjectProperty<Look> look() {
    return look.getReadOnlyProperty();
  }

  public ReadOnlyObjectProperty<Choice> choice() {
    return choice.getReadOnlyProperty();
  }

  public void choose(Choice wanted) {
    choice.set(wanted);
    settings.put("theme", wanted.name().toLowerCase(Locale.ROOT));
    refresh();
  }

  /** From dark to light or back. */
  public void toggle() {
    choose(look.get().dark() ? Choice.LIGHT : Choice.DARK);
  }

  /** Dresses a scene, now and whenever the theme changes. */
  public void dress(Scene scene) {
    look.subscribe(
        now -> {
          var tokens = sheet(now.dark() ? "dark.css" : "light.css");
          var sheets = List.of(tokens, sheet("hivedeck.css"), sheet("controls.css"));
          if (!scene.getStylesheets().equals(sheets)) {
            scene.getStylesheets().setAll(sheets);
          }
        });
  }

  /** The address of one of our sheets. */
  public static String sheet(String name) {
    return Objects.requireNonNull(Theme.class.getResource(HOME + name), name).toExternalForm();
  }

  /** The colours of a token sheet, by name. */
  public static Map<String, Color> tokens(boolean dark) {
    try (var in = Theme.class.getResourceAsStream(HOME + (dark ? "dark.css" : "light.css"))) {
      var css = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      var tokens = new HashMap<String, Color>();
      TOKEN.matcher(css).results().forEach(m -> tokens.put(m.group(1), Color.web(m.group(2))));
      return tokens;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void refresh() {
    if (choice.get() == null) {
      return;
    }
    var dark =
        switch (choice.get()) {
          case DARK -> true;
          case LIGHT -> false;
          case SYSTEM -> Platform.getPreferences().getColorScheme() == ColorScheme.DARK;
        };
    if (look.get() != null && look.get().dark() == dark) {
      return;
    }
    Application.setUserAgentStylesheet(
        dark
            ? new PrimerDark().getUserAgentStylesheet()
            : new PrimerLight().getUserAgentStylesheet());
    look.set(looks.computeIfAbsent(dark, d -> new Look(d, tokens(d))));
  }
}
