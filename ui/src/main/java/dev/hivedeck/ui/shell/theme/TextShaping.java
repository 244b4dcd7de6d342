package dev.hivedeck.ui.shell.theme;

import dev.hivedeck.ui.shell.widget.FxExceptionHandler;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Mends how JavaFX 26 wraps text that Pango shapes (on Linux: Arabic, Hebrew, Thai, Indic scripts,
 * joined emoji). Its {@code PangoGlyphLayout} keeps the UTF-8 text of each run by the run itself;
 * when a line breaks within a run, the run is cut and shaped again, and gets the glyphs of its
 * former, longer text. That draws lines over each other, and throws for text from right to left,
 * which leaves the window blank for good. Here the text is made anew for each shaping.
 *
 * <p>Where JavaFX has no such class or no such field, as on other systems, nothing is done; {@link
 * dev.hivedeck.ui.shell.widget.SafeLabel} and {@link FxExceptionHandler} are there for what else
 * may go wrong.
 */
public final class TextShaping {
  private static final Logger LOG = LoggerFactory.getLogger(TextShaping.class);

  private TextShaping() {}

  /** Call on the FX thread; may be called again, as after a layout that was broken off. */
  public static void mend() {
    try {
      var shared = Class.forName("com.sun.javafx.text.GlyphLayoutManager");
      var taken = shared.getDeclaredField("IN_USE");
      var layout = shared.getDeclaredField("REUSABLE_INSTANCE");
      taken.setAccessible(true);
      layout.setAccessible(true);
      // A layout that threw never gave the shared one back.
      ((AtomicBoolean) taken.get(null)).set(false);
      var shaper = layout.get(null);
      if (shaper.getClass().getSimpleName().equals("PangoGlyphLayout")) {
        var texts = shaper.getClass().getDeclaredField("runUtf8");
        texts.setAccessible(true);
        if (!(texts.get(shaper) instanceof Forgetful)) {
          texts.set(shaper, new Forgetful());
        }
      }
    } catch (ReflectiveOperationException | RuntimeException e) {
      LOG.info("JavaFX shapes text otherwise than is known here, which is left alone: {}", e + "");
    }
  }

  /** Remembers what was put in, to be freed, but by no key. */
  private static final class Forgetful extends AbstractMap<Object, Long> {
    private final List<Long> made = new ArrayList<>();

    @Override
    public Long get(Object run) {
      return null;
    }

    @Override
    public Long put(Object run, Long text) {
      made.add(text);
      return null;
    }

    @Override
    public Collection<Long> values() {
      return made;
    }

    @Override
    public void clear() {
      made.clear();
    }

    @Override
    public Set<Map.Entry<Object, Long>> entrySet() {
      return Set.of();
    }
  }
}
