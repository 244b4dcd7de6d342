/** Services that tell themselves where they are, for as long as they are heard of. */
@NullMarked
package dev.hivedeck.engine.service.registry;

import org.jspecify.annotations.NullMarked;
