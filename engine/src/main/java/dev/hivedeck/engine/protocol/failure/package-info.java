/** Why attempts end. It knows what each reason implies; it decides and changes nothing. */
package dev.hivedeck.engine.protocol.failure;
