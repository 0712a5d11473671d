#include "config/typed_value.hh"

#include <flatbuffers/idl.h>

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "config/sluice_bfbs_generated.h"

namespace sluice::config {
namespace {

void take_schema(flatbuffers::Parser& parser) {
  if (!parser.Deserialize(ConfigurationBinarySchema::data(), ConfigurationBinarySchema::size())) {
    throw std::runtime_error("FlatBuffers does not read the schema of the configuration");
  }
}

}  // namespace

ConfigurationT to_typed(const nlohmann::json& values) {
  flatbuffers::Parser parser;
  take_schema(parser);
  if (!parser.ParseJson(values.dump().c_str())) throw std::runtime_error(parser.error_);
  ConfigurationT configuration;
  flatbuffers::GetRoot<Configuration>(parser.builder_.GetBufferPointer())->UnPackTo(&configuration);
  return configuration;
}

nlohmann::json to_json(const ConfigurationT& configuration) {
  flatbuffers::FlatBufferBuilder builder;
  builder.Finish(Configuration::Pack(builder, &configuration));
  flatbuffers::IDLOptions options;
  options.strict_json = true;
  options.output_default_scalars_in_json = true;
  options.natural_utf8 = true;
  flatbuffers::Parser parser(options);
  take_schema(parser);
  std::string text;
  if (!flatbuffers::GenerateText(parser, builder.GetBufferPointer(), &text)) {
    throw std::runtime_error("a text of the configuration is not UTF-8");
  }
  return nlohmann::json::parse(text);
}

}  // namespace sluice::config
