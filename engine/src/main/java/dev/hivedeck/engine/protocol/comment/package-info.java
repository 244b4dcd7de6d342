/** What is said about a change without sending it back; who keeps it is {@code change.comment}. */
@NullMarked
package dev.hivedeck.engine.protocol.comment;

import org.jspecify.annotations.NullMarked;
