/** What people say about a change while it stays where it is. */
@NullMarked
package dev.hivedeck.engine.change.comment;

import org.jspecify.annotations.NullMarked;
