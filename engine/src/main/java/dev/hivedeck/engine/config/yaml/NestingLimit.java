package dev.hivedeck.engine.config.yaml;

import java.io.StringReader;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.composer.Composer;
import org.yaml.snakeyaml.events.CollectionEndEvent;
import org.yaml.snakeyaml.events.CollectionStartEvent;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.parser.ParserException;
import org.yaml.snakeyaml.parser.ParserImpl;
import org.yaml.snakeyaml.reader.StreamReader;
import org.yaml.snakeyaml.resolver.Resolver;

/**
 * Reads YAML up to a depth, and refuses what is nested deeper with its place: whoever follows it
 * may use a stack frame for each level.
 */
public final class NestingLimit extends ParserImpl {
  /** Lists and mappings within each other; nobody writes as many by hand. */
  public static final int DEEPEST = 50;

  private int depth;

  private NestingLimit(String text, LoaderOptions options) {
    super(new StreamReader(new StringReader(text)), options);
  }

  /**
   * Composes the nodes of a text.
   *
   * @param options of the composer; its own limit, which tells no place, is put behind this one
   */
  public static Composer composer(String text, LoaderOptions options) {
    options.setNestingDepthLimit(DEEPEST + 1);
    return new Composer(new NestingLimit(text, options), new Resolver(), options);
  }

  /**
   * @throws ParserException at the first list or mapping that is too deep
   */
  @Override
  public Event getEvent() {
    var event = super.getEvent();
    if (event instanceof CollectionStartEvent && ++depth > DEEPEST) {
      throw new ParserException(
          null, null, "nested deeper than " + DEEPEST + " levels", event.getStartMark());
    }
    if (event instanceof CollectionEndEvent) {
      depth--;
    }
    return event;
  }
}
