/** What clients hear of secrets: their names, never their values. */
@NullMarked
package dev.hivedeck.engine.protocol.secret;

import org.jspecify.annotations.NullMarked;
