internal import HummingbirdCore
internal import NIOHTTPTypes
internal import NIOPosix
