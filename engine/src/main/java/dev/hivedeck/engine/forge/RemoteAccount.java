package dev.hivedeck.engine.forge;

import org.jspecify.annotations.Nullable;

/**
 * Whose token it is.
 *
 * @param login null where the forge does not say, as for an app
 * @param repository as the forge writes it
 * @param pushes whether it may push there
 */
public record RemoteAccount(@Nullable String login, String repository, boolean pushes) {}
