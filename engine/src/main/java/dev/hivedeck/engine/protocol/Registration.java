package dev.hivedeck.engine.protocol;

import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;

/**
 * What an area that registers itself adds to the protocol. Found by {@link ServiceLoader}, so that
 * clients know of it too, and nothing here knows the area. Such an area lives in packages of its
 * own; one line in {@code META-INF/services} adds it.
 */
public interface Registration {

  /** Its queries, by the word that {@code type} says. */
  default Map<String, Class<? extends Query>> queries() {
    return Map.of();
  }

  /** Its commands, by the word that {@code type} says. */
  default Map<String, Class<? extends Command>> commands() {
    return Map.of();
  }

  /** What it tells of. */
  default List<Topic> topics() {
    return List.of();
  }

  /** What may happen to that. */
  default List<EventType> events() {
    return List.of();
  }

  /** Where its queries and commands are to be had over HTTP. */
  default List<Route> routes() {
    return List.of();
  }

  /**
   * A path of the HTTP API. A query is got; what its record has, the query string has too. A
   * command is posted, and its fields are the body.
   *
   * @param path below {@code /v1}; {@code {id}} in it is the field of that name
   * @param id what a generated client calls it
   * @param word of the query or the command
   * @param answer what comes back, or of what there are several
   * @param list whether there are several
   * @param parameters what each parameter of a query means, by its name
   */
  record Route(
      String path,
      String id,
      String summary,
      String word,
      Class<?> answer,
      boolean list,
      Map<String, String> parameters) {}

  /** All areas that registered themselves. */
  static List<Registration> all() {
    return Found.ALL;
  }

  /** Looked for once, when somebody first asks. */
  final class Found {
    private static final List<Registration> ALL =
        ServiceLoader.load(Registration.class, Registration.class.getClassLoader()).stream()
            .map(ServiceLoader.Provider::get)
            .toList();

    private Found() {}
  }
}
