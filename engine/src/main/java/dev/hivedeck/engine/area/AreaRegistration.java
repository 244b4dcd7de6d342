package dev.hivedeck.engine.area;

import dev.hivedeck.engine.protocol.Registration;
import java.util.List;
import java.util.stream.Stream;

/** An area that registers itself: what it adds to the protocol, and who does it in an engine. */
public interface AreaRegistration extends Registration {
  /** The area, for an engine that works or one that is only asked. */
  Area area(AreaContext context);

  /** Those that the engine lists by hand, and those that registered themselves. */
  static List<Area> with(List<Area> listed, AreaContext context) {
    return Stream.concat(
            listed.stream(),
            Registration.all().stream()
                .filter(AreaRegistration.class::isInstance)
                .map(registration -> ((AreaRegistration) registration).area(context)))
        .toList();
  }
}
